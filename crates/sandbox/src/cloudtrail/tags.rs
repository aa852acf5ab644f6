//! The tags of trails. <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListTags.html>

use serde_json::{Value, json};

use super::TRAIL;
use crate::context::{Context, Refusal};
use crate::document::{last_part, text, texts};
use crate::wire::Ask;

fn known(context: &Context<'_>, arn: &str) -> Result<(String, Value), Refusal> {
    let name = last_part(arn).to_owned();
    let unknown = || Refusal::new("ResourceNotFoundException", format!("Unknown trail: {arn}"));
    let trail = context.document(TRAIL, &name).ok_or_else(unknown)?;
    Ok((name, trail))
}

fn change(context: &mut Context<'_>, ask: &Ask, keep: bool) -> Result<Value, Refusal> {
    let (name, mut trail) = known(context, ask.text("ResourceId"))?;
    let given: Vec<Value> = ask.json["TagsList"].as_array().cloned().unwrap_or_default();
    let had = trail["TagsList"].as_array().cloned().unwrap_or_default().into_iter();
    let mut tags: Vec<Value> = had.filter(|tag| !given.iter().any(|g| text(g, "Key") == text(tag, "Key"))).collect();
    if keep {
        tags.extend(given);
    }
    trail["TagsList"] = json!(tags);
    context.remember_document(TRAIL, &name, trail);
    Ok(json!({}))
}

pub(super) fn add(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    change(context, ask, true)
}

pub(super) fn remove(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    change(context, ask, false)
}

pub(super) fn list(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let each = |arn: &str| {
        let (_, trail) = known(context, arn)?;
        let tags = trail["TagsList"].as_array().cloned().unwrap_or_default();
        Ok(json!({ "ResourceId": arn, "TagsList": tags }))
    };
    let all = texts(&ask.json, "ResourceIdList").into_iter().map(each).collect::<Result<Vec<_>, Refusal>>()?;
    Ok(json!({ "ResourceTagList": all }))
}
