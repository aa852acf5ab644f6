//! VPC links. <https://docs.aws.amazon.com/apigateway/latest/api/API_CreateVpcLink.html>

use serde_json::{Value, json};

use super::{find, items, new_id, patch};
use crate::conditions::Incident;
use crate::context::{Context, Refusal};
use crate::document::{overlay, texts, without};
use crate::elbv2;
use crate::timing;
use crate::wire::Ask;

/// The kind of VPC links, by id.
pub(super) const KIND: &str = "apigateway:vpclinks";
/// The field with the reason why a link becomes `FAILED`, if it does.
const FAILS: &str = "fails";

/// The current status of a link: `PENDING`, `AVAILABLE`, `DELETING` or `FAILED`.
pub(super) fn status(context: &Context<'_>, id: &str, link: &Value) -> String {
    let settled = || if link[FAILS].is_null() { "AVAILABLE" } else { "FAILED" }.to_owned();
    context.stage(KIND, id).unwrap_or_else(settled)
}

fn describe(context: &Context<'_>, id: &str, link: &Value) -> Value {
    let status = status(context, id, link);
    let mut described = without(link, &[FAILS]);
    if status == "FAILED" {
        described["statusMessage"] = link[FAILS].clone();
    }
    described["status"] = json!(status);
    described
}

/// The status message AWS returns if a link to that load balancer fails: the first is reported in
/// aws-cloudformation/cloudformation-coverage-roadmap#1951, the second in hashicorp/terraform-provider-aws#12796.
fn fails(context: &mut Context<'_>, balancer: &str) -> Option<&'static str> {
    let leads_there = |link: &Value| link[FAILS].is_null() && texts(link, "targetArns").contains(&balancer);
    if context.goes_wrong(Incident::LinkFails) {
        return Some("The VPC link could not be set up");
    }
    if !elbv2::is_active(context, balancer) {
        let message = "NLB is not in active state. If you recently created this NLB, please wait for it to become active \
                    and try again.";
        return Some(message);
    }
    let taken = context.documents(KIND).iter().any(|(_, link)| leads_there(link));
    taken.then_some("NLB is already associated with another VPC Endpoint Service")
}

/// AWS answers at once and creates the link asynchronously, also if it will fail.
pub(super) fn create(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let id = new_id(context, KIND);
    let balancer = texts(&ask.json, "targetArns").first().map(|arn| (*arn).to_owned()).unwrap_or_default();
    let mut link = without(&ask.json, &[]);
    overlay(&mut link, &json!({ "id": id, FAILS: fails(context, &balancer) }));
    context.remember_document(KIND, &id, link.clone());
    context.begin(KIND, &id, "PENDING", context.draw(timing::create("apigw_vpc_link")));
    let mut answer = without(&link, &[FAILS]);
    answer["status"] = json!("PENDING");
    Ok(answer)
}

pub(super) fn get(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let id = ask.segment_after("vpclinks");
    let link = find(context, KIND, id, "Vpc Link")?;
    Ok(describe(context, id, &link))
}

pub(super) fn list(context: &mut Context<'_>, _: &Ask) -> Result<Value, Refusal> {
    let links = context.documents(KIND).into_iter();
    Ok(items(links.map(|(id, link)| describe(context, &id, &link))))
}

pub(super) fn update(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let id = ask.segment_after("vpclinks");
    let mut link = find(context, KIND, id, "Vpc Link")?;
    patch::apply(&mut link, ask);
    context.remember_document(KIND, id, link.clone());
    Ok(describe(context, id, &link))
}

/// AWS accepts the deletion and shows the link as `DELETING` until it is deleted.
pub(super) fn delete(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let id = ask.segment_after("vpclinks");
    find(context, KIND, id, "Vpc Link")?;
    if context.stage(KIND, id).as_deref() != Some("DELETING") {
        context.vanish(KIND, id, "DELETING", context.draw(timing::delete("apigw_vpc_link")));
    }
    Ok(Value::Null)
}
