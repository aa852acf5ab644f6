//! Routes from an OpenAPI 3 document with API Gateway's extensions.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html>

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::context::Refusal;
use crate::document::{default, overlay, text, without};

const METHODS: [&str; 7] = ["get", "put", "post", "delete", "options", "head", "patch"];

fn refuse(message: impl Into<String>) -> Refusal {
    Refusal::new("BadRequestException", message)
}

/// The resources of a document, parents before their children.
pub(super) fn resources(
    document: &Value,
    root: &str,
    mut new_id: impl FnMut() -> String,
) -> Result<Vec<Value>, Refusal> {
    if text(&document["info"], "title").is_empty() {
        return Err(refuse("Invalid OpenAPI input: info.title is missing"));
    }
    let paths = document["paths"].as_object();
    let paths = paths.ok_or_else(|| refuse("Invalid OpenAPI input: paths is missing"))?;
    let mut found = BTreeMap::new();
    found.insert("/".to_owned(), json!({ "id": root, "path": "/" }));
    for (path, methods) in paths {
        add(&mut found, path, &mut new_id);
        let methods = operations(document, path, methods)?;
        if let (Some(resource), false) = (found.get_mut(path), methods.is_empty()) {
            resource["resourceMethods"] = Value::Object(methods);
        }
    }
    Ok(found.into_values().collect())
}

/// Adds the resource of `path` and its ancestors.
fn add(found: &mut BTreeMap<String, Value>, path: &str, new_id: &mut impl FnMut() -> String) -> String {
    if let Some(resource) = found.get(path) {
        return text(resource, "id").to_owned();
    }
    let (above, part) = path.rsplit_once('/').unwrap_or(("", path));
    let parent = add(found, if above.is_empty() { "/" } else { above }, new_id);
    let id = new_id();
    let resource = json!({ "id": id, "parentId": parent, "path": path, "pathPart": part });
    found.insert(path.to_owned(), resource);
    id
}

fn operations(document: &Value, path: &str, item: &Value) -> Result<Map<String, Value>, Refusal> {
    let mut methods = Map::new();
    for (name, operation) in item.as_object().into_iter().flatten() {
        let upper = match name.as_str() {
            "x-amazon-apigateway-any-method" => "ANY".to_owned(),
            name if METHODS.contains(&name) => name.to_uppercase(),
            _ => continue,
        };
        let asked = &operation["x-amazon-apigateway-integration"];
        if asked.is_null() {
            return Err(refuse(format!("No integration defined for method {upper} {path}")));
        }
        let mut method = json!({
            "httpMethod": upper,
            "authorizationType": "NONE",
            "apiKeyRequired": needs_key(document, operation),
            "methodIntegration": integration(asked)?,
        });
        if let Some(responses) = operation["responses"].as_object() {
            let statuses = responses.keys().filter(|status| *status != "default");
            let responses: Map<_, _> =
                statuses.map(|status| (status.clone(), json!({ "statusCode": status }))).collect();
            method["methodResponses"] = Value::Object(responses);
        }
        overlay(&mut method, &json!({ "requestParameters": parameters(item, operation) }));
        methods.insert(upper, method);
    }
    Ok(methods)
}

/// Path, query and header parameters, each with whether it is required.
fn parameters(item: &Value, operation: &Value) -> Value {
    let declared = [item, operation].map(|level| level["parameters"].as_array());
    let named: Map<String, Value> = (declared.into_iter().flatten().flatten())
        .filter_map(|parameter| {
            let place = match text(parameter, "in") {
                "path" => "path",
                "query" => "querystring",
                "header" => "header",
                _ => return None,
            };
            let name = format!("method.request.{place}.{}", text(parameter, "name"));
            Some((name, json!(parameter["required"] == true)))
        })
        .collect();
    if named.is_empty() { Value::Null } else { Value::Object(named) }
}

/// Whether a security requirement names a scheme that is an API key.
fn needs_key(document: &Value, operation: &Value) -> bool {
    let required = operation["security"].as_array().or(document["security"].as_array());
    let schemes = &document["components"]["securitySchemes"];
    (required.into_iter().flatten())
        .filter_map(Value::as_object)
        .flat_map(Map::keys)
        .any(|name| schemes[name.as_str()]["type"] == "apiKey")
}

/// The integration in the form in which the API shows it.
fn integration(asked: &Value) -> Result<Value, Refusal> {
    let kind = text(asked, "type").to_uppercase();
    if !["MOCK", "HTTP", "HTTP_PROXY", "AWS", "AWS_PROXY"].contains(&kind.as_str()) {
        return Err(refuse("Invalid integration type specified"));
    }
    let mut described = without(asked, &["responses", "type"]);
    described["type"] = json!(kind);
    default(&mut described, "passthroughBehavior", json!("WHEN_NO_MATCH"));
    default(&mut described, "timeoutInMillis", json!(29000));
    default(&mut described, "cacheNamespace", json!("default"));
    default(&mut described, "cacheKeyParameters", json!([]));
    let passthrough = text(&described, "passthroughBehavior").to_uppercase();
    described["passthroughBehavior"] = json!(passthrough);
    let responses: Map<String, Value> = (asked["responses"].as_object().into_iter().flatten())
        .map(|(pattern, response)| {
            let mut response = response.clone();
            if pattern != "default" {
                response["selectionPattern"] = json!(pattern);
            }
            (text(&response, "statusCode").to_owned(), response)
        })
        .collect();
    if !responses.is_empty() {
        described["integrationResponses"] = Value::Object(responses);
    }
    Ok(described)
}

#[cfg(test)]
mod tests {
    use super::resources;
    use serde_json::json;

    #[test]
    fn a_document_without_integrations_is_refused() {
        let document = json!({ "info": { "title": "x" }, "paths": { "/a": { "get": {} } } });
        let refusal = resources(&document, "root", || "id".into()).unwrap_err();
        assert_eq!(refusal.code, "BadRequestException");
    }

    #[test]
    fn paths_have_the_paths_above_them() {
        let get = json!({ "x-amazon-apigateway-integration": { "type": "mock" } });
        let document = json!({ "info": { "title": "x" }, "paths": { "/a/{b}": { "get": get } } });
        let mut number = 0;
        let found = resources(&document, "root", || {
            number += 1;
            number.to_string()
        })
        .unwrap();
        let paths: Vec<_> = found.iter().map(|resource| resource["path"].clone()).collect();
        assert_eq!(paths, ["/", "/a", "/a/{b}"]);
        assert_eq!(found[2]["parentId"], found[1]["id"]);
        assert_eq!(found[2]["resourceMethods"]["GET"]["methodIntegration"]["type"], "MOCK");
    }
}
