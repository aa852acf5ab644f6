//! VPC links. <https://docs.aws.amazon.com/apigateway/latest/api/API_CreateVpcLink.html>

use serde_json::{Value, json};

use super::{find, items, new_id, patch};
use crate::context::{Context, Refusal};
use crate::mends::document::{overlay, without};
use crate::timing;
use crate::wire::Ask;

/// The kind links are kept under, by id.
pub(super) const KIND: &str = "apigateway:vpclinks";

fn shown(context: &Context<'_>, id: &str, mut link: Value) -> Value {
    let status = context.stage(KIND, id).unwrap_or_else(|| "AVAILABLE".to_owned());
    link["status"] = json!(status);
    link
}

/// AWS answers at once and makes the link behind the scenes.
pub(super) fn create(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let id = new_id(context, KIND);
    let mut link = without(&ask.json, &[]);
    overlay(&mut link, &json!({ "id": id }));
    context.remember_document(KIND, &id, link.clone());
    context.begin(KIND, &id, "PENDING", context.draw(timing::create("apigw_vpc_link")));
    link["status"] = json!("PENDING");
    Ok(link)
}

pub(super) fn get(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let id = ask.segment_after("vpclinks");
    let link = find(context, KIND, id, "Vpc Link")?;
    Ok(shown(context, id, link))
}

pub(super) fn list(context: &mut Context<'_>, _: &Ask) -> Result<Value, Refusal> {
    let links = context.documents(KIND).into_iter();
    Ok(items(links.map(|(id, link)| shown(context, &id, link))))
}

pub(super) fn update(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let id = ask.segment_after("vpclinks");
    let mut link = find(context, KIND, id, "Vpc Link")?;
    patch::apply(&mut link, ask);
    context.remember_document(KIND, id, link.clone());
    Ok(shown(context, id, link))
}

/// AWS accepts the deletion and shows the link as `DELETING` until it is gone.
pub(super) fn delete(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let id = ask.segment_after("vpclinks");
    find(context, KIND, id, "Vpc Link")?;
    if context.stage(KIND, id).as_deref() != Some("DELETING") {
        context.vanish(KIND, id, "DELETING", context.draw(timing::delete("apigw_vpc_link")));
    }
    Ok(Value::Null)
}
