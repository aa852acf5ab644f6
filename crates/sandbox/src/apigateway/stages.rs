//! Deployments and stages. <https://docs.aws.amazon.com/apigateway/latest/api/API_CreateStage.html>

use serde_json::{Value, json};

use super::{apis, find, items, logging, new_id, patch, plans};
use crate::context::{Context, Refusal};
use crate::document::{default, overlay, text, without};
use crate::wire::Ask;

/// The kind of deployments, by `{api}/{id}`.
pub(super) const DEPLOYMENT: &str = "apigateway:deployments";
/// The kind of a deployment's routes, as they were when it was created, by `{api}/{id}`.
pub(super) const DEPLOYED: &str = "apigateway:deployed";
/// The kind of stages, by `{api}/{name}`.
pub(crate) const STAGE: &str = "apigateway:stages";

fn key(context: &Context<'_>, ask: &Ask, collection: &str) -> Result<String, Refusal> {
    let api = apis::known(context, ask)?;
    Ok(format!("{api}/{}", ask.segment_after(collection)))
}

fn of(context: &Context<'_>, kind: &str, api: &str) -> Vec<Value> {
    (context.documents(kind).into_iter())
        .filter(|(key, _)| key.split('/').next() == Some(api))
        .map(|(_, document)| document)
        .collect()
}

/// A stage name in the call also creates that stage, or points it to the new deployment.
pub(super) fn deploy(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let api = apis::known(context, ask)?;
    let id = new_id(context, DEPLOYMENT);
    let mut deployment = json!({ "id": id });
    overlay(&mut deployment, &json!({ "description": ask.json["description"] }));
    context.remember_document(DEPLOYMENT, &format!("{api}/{id}"), deployment.clone());
    let routes = context.document(apis::RESOURCES, &api).unwrap_or_default();
    context.remember_document(DEPLOYED, &format!("{api}/{id}"), routes);
    let name = ask.text("stageName");
    if !name.is_empty() {
        let key = format!("{api}/{name}");
        let mut stage = context.document(STAGE, &key).unwrap_or_else(|| new_stage(name));
        stage["deploymentId"] = json!(id);
        context.remember_document(STAGE, &key, stage);
    }
    Ok(deployment)
}

pub(super) fn get_deployment(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    find(context, DEPLOYMENT, &key(context, ask, "deployments")?, "Deployment")
}

pub(super) fn list_deployments(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let api = apis::known(context, ask)?;
    Ok(items(of(context, DEPLOYMENT, &api)))
}

/// AWS refuses while a stage points to the deployment.
pub(super) fn delete_deployment(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let deployment = get_deployment(context, ask)?;
    let api = apis::known(context, ask)?;
    let used = of(context, STAGE, &api).iter().any(|stage| stage["deploymentId"] == deployment["id"]);
    if used {
        return Err(Refusal::new(
            "BadRequestException",
            "Active stages pointing to this deployment must be moved or deleted",
        ));
    }
    let key = key(context, ask, "deployments")?;
    context.forget_document(DEPLOYMENT, &key);
    context.forget_document(DEPLOYED, &key);
    Ok(Value::Null)
}

fn new_stage(name: &str) -> Value {
    json!({
        "stageName": name,
        "cacheClusterEnabled": false,
        "cacheClusterStatus": "NOT_AVAILABLE",
        "methodSettings": {},
    })
}

pub(super) fn create(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let api = apis::known(context, ask)?;
    let key = format!("{api}/{}", ask.text("stageName"));
    if context.document(STAGE, &key).is_some() {
        return Err(Refusal::new("ConflictException", "Stage already exists"));
    }
    let deployment = format!("{api}/{}", ask.text("deploymentId"));
    if context.document(DEPLOYMENT, &deployment).is_none() {
        let message = "Deployment id does not exist";
        return Err(Refusal::new("BadRequestException", message));
    }
    let mut stage = new_stage(ask.text("stageName"));
    overlay(&mut stage, &ask.json);
    default(&mut stage, "tracingEnabled", json!(false));
    context.remember_document(STAGE, &key, stage.clone());
    Ok(stage)
}

pub(super) fn get(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    find(context, STAGE, &key(context, ask, "stages")?, "stage")
}

pub(super) fn list(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let api = apis::known(context, ask)?;
    let deployment = ask.query.get("deploymentId");
    let stages = of(context, STAGE, &api).into_iter();
    let stages = stages.filter(|stage| deployment.is_none_or(|deployment| text(stage, "deploymentId") == deployment));
    Ok(items(stages))
}

pub(super) fn update(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let mut stage = get(context, ask)?;
    for operation in patch::operations(ask) {
        patch::set_on_stage(&mut stage, &operation);
    }
    let (stage, key) = (without(&stage, &[]), key(context, ask, "stages")?);
    context.remember_document(STAGE, &key, stage.clone());
    logging::appear(context, &key, &stage);
    Ok(stage)
}

/// A deleted stage is removed from all usage plans.
pub(super) fn delete(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    get(context, ask)?;
    let key = key(context, ask, "stages")?;
    context.forget_document(STAGE, &key);
    plans::without_stage(context, &key);
    Ok(Value::Null)
}
