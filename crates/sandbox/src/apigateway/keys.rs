//! API keys. <https://docs.aws.amazon.com/apigateway/latest/api/API_CreateApiKey.html>

use serde_json::{Value, json};

use super::{find, items, new_id, patch, plans};
use crate::context::{Context, Refusal};
use crate::document::{default, overlay, text, without};
use crate::wire::Ask;

/// The kind of API keys, by id.
pub(super) const KIND: &str = "apigateway:apikeys";

/// A key as AWS shows it: with its value only if requested.
fn describe(key: &Value, with_value: bool) -> Value {
    without(key, if with_value { &[] } else { &["value"] })
}

pub(super) fn create(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let value = ask.text("value");
    let taken = (context.documents(KIND).iter()).any(|(_, key)| !value.is_empty() && text(key, "value") == value);
    if taken {
        return Err(Refusal::new("ConflictException", "API Key already exists"));
    }
    let id = new_id(context, KIND);
    let mut key = without(&ask.json, &["generateDistinctId", "stageKeys"]);
    overlay(&mut key, &json!({ "id": id }));
    default(&mut key, "enabled", json!(false));
    default(&mut key, "stageKeys", json!([]));
    // AWS generates a value of forty characters; a unique value is enough here.
    default(&mut key, "value", json!(format!("{id:0>40}")));
    context.remember_document(KIND, &id, key.clone());
    Ok(key)
}

fn wants_value(ask: &Ask) -> bool {
    ["includeValue", "includeValues"]
        .iter()
        .any(|field| ask.query.get(*field).is_some_and(|requested| requested == "true"))
}

pub(super) fn get(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let key = find(context, KIND, ask.segment_after("apikeys"), "API Key")?;
    Ok(describe(&key, wants_value(ask)))
}

/// `name` selects the keys whose name starts with it.
pub(super) fn list(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let start = ask.query.get("name").map_or("", String::as_str);
    let keys = (context.documents(KIND).into_iter())
        .filter(|(_, key)| text(key, "name").starts_with(start))
        .map(|(_, key)| describe(&key, wants_value(ask)));
    Ok(items(keys))
}

pub(super) fn update(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let id = ask.segment_after("apikeys");
    let mut key = find(context, KIND, id, "API Key")?;
    patch::apply(&mut key, ask);
    context.remember_document(KIND, id, key.clone());
    Ok(describe(&key, false))
}

/// A deleted key is removed from its usage plans.
pub(super) fn delete(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let id = ask.segment_after("apikeys");
    find(context, KIND, id, "API Key")?;
    context.forget_document(KIND, id);
    plans::without_key(context, id);
    Ok(Value::Null)
}
