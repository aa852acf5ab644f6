//! Patch operations. <https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html>

use serde_json::{Value, json};

use crate::document::text;
use crate::wire::Ask;

/// Converts the text of a patch to a number or boolean where the field has one.
fn typed(field: &str, value: &str) -> Value {
    let number = || value.parse::<f64>().ok();
    match field {
        "rateLimit" | "throttlingRateLimit" => json!(number()),
        "burstLimit"
        | "throttlingBurstLimit"
        | "limit"
        | "offset"
        | "timeoutInMillis"
        | "cacheTtlInSeconds"
        | "minimumCompressionSize" => json!(value.parse::<i64>().ok()),
        _ => match value {
            "true" => json!(true),
            "false" => json!(false),
            _ => json!(value),
        },
    }
}

fn unescaped(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

/// Applies the call's operations to plain fields, at most two levels deep.
pub(super) fn apply(document: &mut Value, ask: &Ask) {
    for operation in operations(ask) {
        set(document, &operation);
    }
}

/// A patch operation: the action, the path and the value.
pub(super) struct Operation {
    pub(super) op: String,
    pub(super) path: Vec<String>,
    pub(super) value: String,
}

/// The call's operations in order.
pub(super) fn operations(ask: &Ask) -> Vec<Operation> {
    (ask.json["patchOperations"].as_array().into_iter().flatten())
        .map(|operation| Operation {
            op: text(operation, "op").to_owned(),
            path: (text(operation, "path").split('/').skip(1)).map(unescaped).collect(),
            value: text(operation, "value").to_owned(),
        })
        .collect()
}

/// Applies one operation to a plain field.
pub(super) fn set(document: &mut Value, operation: &Operation) {
    let value = |field: &str| match operation.op.as_str() {
        "remove" => Value::Null,
        _ => typed(field, &operation.value),
    };
    match operation.path.as_slice() {
        [field] => document[field.as_str()] = value(field),
        [group, field] => {
            if document[group.as_str()].is_null() {
                document[group.as_str()] = json!({});
            }
            document[group.as_str()][field.as_str()] = value(field);
        }
        _ => {}
    }
}

/// Applies one operation to a stage. Method settings have their own paths: `/{resource}/{method}/throttling/rateLimit`,
/// and `/{resource}/{method}` to remove all settings of a method.
pub(super) fn set_on_stage(stage: &mut Value, operation: &Operation) {
    let settings = |resource: &str, method: &str| format!("{}/{method}", resource.trim_start_matches('/'));
    if let ("remove", [resource, method]) = (operation.op.as_str(), operation.path.as_slice())
        && let Some(all) = stage["methodSettings"].as_object_mut()
        && all.remove(&settings(resource, method)).is_some()
    {
        return;
    }
    let [resource, method, group, name] = operation.path.as_slice() else {
        return set(stage, operation);
    };
    let field = match (group.as_str(), name.as_str()) {
        ("throttling", "rateLimit") => "throttlingRateLimit",
        ("throttling", "burstLimit") => "throttlingBurstLimit",
        ("metrics", "enabled") => "metricsEnabled",
        ("logging", "loglevel") => "loggingLevel",
        ("logging", "dataTrace") => "dataTraceEnabled",
        ("caching", "enabled") => "cachingEnabled",
        ("caching", "ttlInSeconds") => "cacheTtlInSeconds",
        ("caching", "dataEncrypted") => "cacheDataEncrypted",
        _ => return,
    };
    let method = settings(resource, method);
    let settings = &mut stage["methodSettings"];
    if settings[method.as_str()].is_null() {
        settings[method.as_str()] = json!({});
    }
    settings[method.as_str()][field] = typed(field, &operation.value);
}
