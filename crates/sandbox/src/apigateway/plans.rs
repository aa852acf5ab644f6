//! Usage plans and their keys. <https://docs.aws.amazon.com/apigateway/latest/api/API_CreateUsagePlan.html>

use serde_json::{Value, json};

use super::{find, items, keys, new_id, not_found, patch};
use crate::context::{Context, Refusal};
use crate::document::{default, overlay, text, without};
use crate::wire::Ask;

/// The kind of usage plans, by id.
pub(crate) const PLAN: &str = "apigateway:usageplans";
/// The kind of the memberships of keys in plans, by `{plan}/{key}`.
pub(super) const MEMBER: &str = "apigateway:usageplankeys";

pub(super) fn create(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let id = new_id(context, PLAN);
    let mut plan = without(&ask.json, &[]);
    overlay(&mut plan, &json!({ "id": id }));
    default(&mut plan, "apiStages", json!([]));
    context.remember_document(PLAN, &id, plan.clone());
    Ok(plan)
}

fn plan(context: &Context<'_>, ask: &Ask) -> Result<(String, Value), Refusal> {
    let id = ask.segment_after("usageplans").to_owned();
    let plan = find(context, PLAN, &id, "Usage Plan")?;
    Ok((id, plan))
}

pub(super) fn get(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    plan(context, ask).map(|(_, plan)| plan)
}

/// With `keyId`, lists only the plans that contain the key.
pub(super) fn list(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let key = ask.query.get("keyId");
    let plans = (context.documents(PLAN).into_iter())
        .filter(|(id, _)| key.is_none_or(|key| context.document(MEMBER, &format!("{id}/{key}")).is_some()))
        .map(|(_, plan)| plan);
    Ok(items(plans))
}

/// Stages are added and removed as `{api}:{stage}`; everything else is a plain field.
pub(super) fn update(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let (id, mut plan) = plan(context, ask)?;
    for operation in patch::operations(ask) {
        if operation.path != ["apiStages"] {
            patch::set(&mut plan, &operation);
            continue;
        }
        let (api, stage) = operation.value.split_once(':').unwrap_or_default();
        let mut stages = plan["apiStages"].as_array().cloned().unwrap_or_default();
        stages.retain(|one| text(one, "apiId") != api || text(one, "stage") != stage);
        if operation.op != "remove" {
            stages.push(json!({ "apiId": api, "stage": stage }));
        }
        plan["apiStages"] = Value::Array(stages);
    }
    let plan = without(&plan, &[]);
    context.remember_document(PLAN, &id, plan.clone());
    Ok(plan)
}

pub(super) fn delete(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let (id, _) = plan(context, ask)?;
    context.forget_document(PLAN, &id);
    for (member, _) in context.documents(MEMBER) {
        if member.split('/').next() == Some(id.as_str()) {
            context.forget_document(MEMBER, &member);
        }
    }
    Ok(Value::Null)
}

pub(super) fn add_key(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let (id, _) = plan(context, ask)?;
    let key_id = ask.text("keyId");
    let key = find(context, keys::KIND, key_id, "API Key")?;
    let member = format!("{id}/{key_id}");
    if context.document(MEMBER, &member).is_some() {
        let message = "Usage Plan Key already exists for this Usage Plan";
        return Err(Refusal::new("ConflictException", message));
    }
    let mut described = json!({ "id": key_id, "type": "API_KEY" });
    overlay(&mut described, &json!({ "name": key["name"], "value": key["value"] }));
    context.remember_document(MEMBER, &member, without(&described, &["value"]));
    Ok(described)
}

fn member(context: &Context<'_>, ask: &Ask) -> Result<(String, Value), Refusal> {
    let (id, _) = plan(context, ask)?;
    let name = format!("{id}/{}", ask.segment_after("keys"));
    let member = context.document(MEMBER, &name);
    Ok((name, member.ok_or_else(|| not_found("Usage Plan Key"))?))
}

pub(super) fn get_key(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    member(context, ask).map(|(_, member)| member)
}

pub(super) fn list_keys(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let (id, _) = plan(context, ask)?;
    let members = (context.documents(MEMBER).into_iter())
        .filter(|(name, _)| name.split('/').next() == Some(id.as_str()))
        .map(|(_, member)| member);
    Ok(items(members))
}

pub(super) fn remove_key(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let (name, _) = member(context, ask)?;
    context.forget_document(MEMBER, &name);
    Ok(Value::Null)
}

/// The stages in a plan, as `{api}/{stage}`.
pub(crate) fn stages(plan: &Value) -> Vec<String> {
    let stages = plan["apiStages"].as_array().into_iter().flatten();
    stages.map(|one| format!("{}/{}", text(one, "apiId"), text(one, "stage"))).collect()
}

/// Removes a deleted stage, `{api}/{stage}`, from every plan.
pub(super) fn without_stage(context: &mut Context<'_>, stage: &str) {
    for (id, mut plan) in context.documents(PLAN) {
        if let Some(stages) = plan["apiStages"].as_array_mut() {
            stages.retain(|one| format!("{}/{}", text(one, "apiId"), text(one, "stage")) != stage);
        }
        context.remember_document(PLAN, &id, plan);
    }
}

/// Removes a deleted key from every plan.
pub(super) fn without_key(context: &mut Context<'_>, key: &str) {
    for (member, _) in context.documents(MEMBER) {
        if member.split('/').nth(1) == Some(key) {
            context.forget_document(MEMBER, &member);
        }
    }
}
