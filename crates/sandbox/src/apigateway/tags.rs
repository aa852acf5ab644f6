//! Tags on resources with an ARN. <https://docs.aws.amazon.com/apigateway/latest/api/API_GetTags.html>

use serde_json::{Value, json};

use super::{apis, keys, links, not_found, plans, stages};
use crate::context::{Context, Refusal};
use crate::wire::Ask;

/// The kind and key in the path of an ARN: `/restapis/{id}`, `/restapis/{id}/stages/{name}`, ...
fn find(context: &Context<'_>, ask: &Ask) -> Result<(&'static str, String, Value), Refusal> {
    let arn = ask.segment_after("tags");
    let path = arn.rsplit("::").next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let (kind, key) = match parts.as_slice() {
        ["restapis", id] => (apis::API, (*id).to_owned()),
        ["restapis", id, "stages", name] => (stages::STAGE, format!("{id}/{name}")),
        ["vpclinks", id] => (links::KIND, (*id).to_owned()),
        ["apikeys", id] => (keys::KIND, (*id).to_owned()),
        ["usageplans", id] => (plans::PLAN, (*id).to_owned()),
        _ => return Err(not_found("Resource")),
    };
    let document = context.document(kind, &key).ok_or_else(|| not_found("Resource"))?;
    Ok((kind, key, document))
}

pub(super) fn get(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let (_, _, document) = find(context, ask)?;
    let tags = document["tags"].as_object().cloned().unwrap_or_default();
    Ok(json!({ "tags": tags }))
}

pub(super) fn tag(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let (kind, key, mut document) = find(context, ask)?;
    let mut tags = document["tags"].as_object().cloned().unwrap_or_default();
    tags.extend(ask.json["tags"].as_object().cloned().unwrap_or_default());
    document["tags"] = Value::Object(tags);
    context.remember_document(kind, &key, document);
    Ok(Value::Null)
}

pub(super) fn untag(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let (kind, key, mut document) = find(context, ask)?;
    if let Some(tags) = document["tags"].as_object_mut() {
        tags.retain(|name, _| ask.query.get("tagKeys") != Some(name));
    }
    context.remember_document(kind, &key, document);
    Ok(Value::Null)
}
