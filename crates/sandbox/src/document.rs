//! Helpers for JSON bodies.

use serde_json::{Map, Value, json};

/// A string field, or the empty string.
pub(crate) fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

/// The strings of an array field.
pub(crate) fn texts<'a>(value: &'a Value, field: &str) -> Vec<&'a str> {
    (value[field].as_array().into_iter().flatten()).filter_map(Value::as_str).collect()
}

/// `from` without the given fields and without nulls.
pub(crate) fn without(from: &Value, fields: &[&str]) -> Value {
    let kept = (from.as_object().into_iter().flatten())
        .filter(|(field, value)| !fields.contains(&field.as_str()) && !value.is_null())
        .map(|(field, value)| (field.clone(), value.clone()));
    Value::Object(kept.collect::<Map<_, _>>())
}

/// Copies every non-null field of `from` into `into`.
pub(crate) fn overlay(into: &mut Value, from: &Value) {
    if into.is_null() {
        *into = json!({});
    }
    for (field, value) in from.as_object().into_iter().flatten() {
        if !value.is_null() {
            into[field.as_str()] = value.clone();
        }
    }
}

/// Sets `field` where it is missing.
pub(crate) fn default(into: &mut Value, field: &str, value: Value) {
    if into[field].is_null() {
        into[field] = value;
    }
}

/// The name at the end of an ARN, or the name itself.
pub(crate) fn last_part(name_or_arn: &str) -> &str {
    name_or_arn.rsplit('/').next().unwrap_or(name_or_arn)
}
