//! Tags on resources with an ARN.

use serde_json::{Value, json};

use crate::context::{Context, Refusal};
use crate::document::texts;
use crate::wire::Ask;

/// The kinds that have tags, each with the pointer to its ARN.
const TAGGED: &[(&str, &str)] = &[
    (super::CLUSTER, "/clusterArn"),
    (super::DEFINITION, "/definition/taskDefinitionArn"),
    (super::SERVICE, "/serviceArn"),
];

fn find(context: &Context<'_>, ask: &Ask) -> Result<(&'static str, String, Value), Refusal> {
    let arn = ask.text("resourceArn");
    for (kind, pointer) in TAGGED {
        let found = (context.documents(kind).into_iter())
            .find(|(_, kept)| kept.pointer(pointer).is_some_and(|known| known == arn));
        if let Some((key, kept)) = found {
            return Ok((kind, key, kept));
        }
    }
    let message = "The specified resource could not be found.";
    Err(Refusal::new("ResourceNotFoundException", message))
}

pub(super) fn list(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let (_, _, kept) = find(context, ask)?;
    let tags = kept["tags"].as_array().cloned().unwrap_or_default();
    Ok(json!({ "tags": tags }))
}

fn change(context: &mut Context<'_>, ask: &Ask, gone: &[&str], new: &[Value]) -> Result<Value, Refusal> {
    let (kind, key, mut kept) = find(context, ask)?;
    let mut tags = kept["tags"].as_array().cloned().unwrap_or_default();
    tags.retain(|tag| !gone.iter().any(|key| tag["key"] == *key));
    tags.extend_from_slice(new);
    kept["tags"] = json!(tags);
    context.remember_document(kind, &key, kept);
    Ok(json!({}))
}

pub(super) fn tag(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let new = ask.json["tags"].as_array().cloned().unwrap_or_default();
    let replaced: Vec<&str> = new.iter().filter_map(|tag| tag["key"].as_str()).collect();
    change(context, ask, &replaced, &new)
}

pub(super) fn untag(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    change(context, ask, &texts(&ask.json, "tagKeys"), &[])
}
