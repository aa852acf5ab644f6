//! REST APIs and their routes. <https://docs.aws.amazon.com/apigateway/latest/api/API_PutRestApi.html>

use serde_json::{Value, json};

use super::{find, items, new_id, not_found, openapi, patch, stages};
use crate::context::{Context, Refusal};
use crate::document::{default, overlay, text, without};
use crate::wire::Ask;

/// The kind of APIs, by id.
pub(crate) const API: &str = "apigateway:restapis";
/// The kind of an API's resources, all in one list, by the API's id.
pub(super) const RESOURCES: &str = "apigateway:resources";

fn api(context: &Context<'_>, ask: &Ask) -> Result<(String, Value), Refusal> {
    let id = ask.segment_after("restapis").to_owned();
    let api = find(context, API, &id, "API")?;
    Ok((id, api))
}

/// The id of the API of a call; refuses an unknown API.
pub(super) fn known(context: &Context<'_>, ask: &Ask) -> Result<String, Refusal> {
    api(context, ask).map(|(id, _)| id)
}

pub(super) fn create(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let id = new_id(context, API);
    let root = new_id(context, RESOURCES);
    let mut api = without(&ask.json, &[]);
    overlay(&mut api, &json!({ "id": id, "rootResourceId": root }));
    default(&mut api, "apiKeySource", json!("HEADER"));
    default(&mut api, "endpointConfiguration", json!({ "types": ["EDGE"] }));
    default(&mut api, "disableExecuteApiEndpoint", json!(false));
    context.remember_document(API, &id, api.clone());
    context.remember_document(RESOURCES, &id, json!([{ "id": root, "path": "/" }]));
    Ok(api)
}

/// AWS replaces all routes with those of the OpenAPI document; winterbaume ignores the document.
pub(super) fn put(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let (id, mut api) = api(context, ask)?;
    let root = text(&api, "rootResourceId").to_owned();
    let routes = openapi::resources(&ask.json, &root, || new_id(context, RESOURCES))?;
    api["name"] = ask.json["info"]["title"].clone();
    for field in ["version", "description"] {
        if let Some(value) = ask.json["info"][field].as_str() {
            api[field] = json!(value);
        }
    }
    context.remember_document(API, &id, api.clone());
    context.remember_document(RESOURCES, &id, Value::Array(routes));
    Ok(api)
}

pub(super) fn get(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    api(context, ask).map(|(_, api)| api)
}

pub(super) fn list(context: &mut Context<'_>, _: &Ask) -> Result<Value, Refusal> {
    Ok(items(context.documents(API).into_iter().map(|(_, api)| api)))
}

pub(super) fn update(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let (id, mut api) = api(context, ask)?;
    patch::apply(&mut api, ask);
    let api = without(&api, &[]);
    context.remember_document(API, &id, api.clone());
    Ok(api)
}

/// An API's resources, deployments and stages are deleted with it.
pub(super) fn delete(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let (id, _) = api(context, ask)?;
    context.forget_document(API, &id);
    context.forget_document(RESOURCES, &id);
    for kind in [stages::DEPLOYMENT, stages::DEPLOYED, stages::STAGE] {
        for (key, _) in context.documents(kind) {
            if key.split('/').next() == Some(id.as_str()) {
                context.forget_document(kind, &key);
            }
        }
    }
    Ok(Value::Null)
}

fn all(context: &Context<'_>, ask: &Ask) -> Result<Vec<Value>, Refusal> {
    let (id, _) = api(context, ask)?;
    let kept = context.document(RESOURCES, &id);
    Ok(kept.and_then(|kept| kept.as_array().cloned()).unwrap_or_default())
}

/// Methods are shown in full only if the call embeds them.
pub(super) fn resources(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let embedded = ask.query.get("embed").is_some_and(|what| what.contains("methods"));
    let mut resources = all(context, ask)?;
    if !embedded {
        for resource in &mut resources {
            for method in resource["resourceMethods"].as_object_mut().into_iter().flatten() {
                *method.1 = json!({});
            }
        }
    }
    Ok(items(resources))
}

pub(super) fn resource(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let id = ask.segment_after("resources");
    let resources = all(context, ask)?;
    let found = resources.into_iter().find(|resource| resource["id"] == id);
    found.ok_or_else(|| not_found("Resource"))
}

pub(super) fn method(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let found = resource(context, ask)?;
    match &found["resourceMethods"][ask.segment_after("methods")] {
        Value::Null => Err(not_found("Method")),
        method => Ok(method.clone()),
    }
}

pub(super) fn integration(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    match &method(context, ask)?["methodIntegration"] {
        Value::Null => Err(not_found("Integration")),
        integration => Ok(integration.clone()),
    }
}
