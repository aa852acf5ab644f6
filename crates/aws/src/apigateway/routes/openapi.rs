//! Routes as an OpenAPI 3.0 document with API Gateway's
//! [extensions](https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html). This
//! module makes no calls and parses only the paths, which the wiring writes literally; all other values may still be
//! symbolic.
use super::{Integration, Route, Routes};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// The OpenAPI document of these routes.
pub(super) fn document(spec: &Routes) -> Value {
    let mut paths = Map::new();
    for route in &spec.routes {
        let path = paths.entry(route.path.as_str()).or_insert_with(|| json!({}));
        path[route.method.to_lowercase()] = operation(route);
    }
    let mut document = empty(spec);
    document["paths"] = Value::Object(paths);
    document["components"] =
        json!({"securitySchemes": {"api_key": {"type": "apiKey", "name": "x-api-key", "in": "header"}}});
    document
}

/// The OpenAPI document of an API without routes.
pub(super) fn empty(spec: &Routes) -> Value {
    json!({
        "openapi": "3.0.1",
        "info": {"title": spec.title, "version": spec.version, "description": spec.description},
        "paths": {},
    })
}

/// 64 hex digits that change with every change of the document.
pub(super) fn digest(spec: &Routes) -> String {
    format!("{:x}", Sha256::digest(document(spec).to_string()))
}

fn operation(route: &Route) -> Value {
    let parameters: Vec<Value> = parameters(&route.path)
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}))
        .collect();
    let (status, integration) = integration(route);
    let mut operation = json!({
        "responses": {status: {"description": "the answer"}},
        "x-amazon-apigateway-integration": integration,
    });
    if !parameters.is_empty() {
        operation["parameters"] = Value::Array(parameters);
    }
    if route.key_required {
        operation["security"] = json!([{"api_key": []}]);
    }
    operation
}

/// The response status and the integration of the route.
fn integration(route: &Route) -> (String, Value) {
    match &route.integration {
        Integration::Mock { status, body } => {
            let status = status.to_string();
            let answer = json!({"statusCode": status, "responseTemplates": {"application/json": body}});
            let choice = format!("{{\"statusCode\": {status}}}");
            let mock = json!({
                "type": "mock",
                "passthroughBehavior": "when_no_match",
                "requestTemplates": {"application/json": choice},
                "responses": {"default": answer},
            });
            (status, mock)
        }
        Integration::Link { vpc_link_id, uri, method } => {
            let passed: Map<String, Value> = parameters(&route.path)
                .map(|p| (format!("integration.request.path.{p}"), json!(format!("method.request.path.{p}"))))
                .collect();
            let link = json!({
                "type": "http_proxy",
                "httpMethod": method,
                "uri": uri,
                "connectionType": "VPC_LINK",
                "connectionId": vpc_link_id,
                "passthroughBehavior": "when_no_match",
                "requestParameters": passed,
            });
            ("200".into(), link)
        }
    }
}

/// The path parameters: `id` for `/videos/{id}`, `proxy` for `{proxy+}`.
fn parameters(path: &str) -> impl Iterator<Item = &str> {
    let braced = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    braced.map(|name| name.trim_end_matches('+'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes(uri: &str) -> Routes {
        let link = |path: &str| Route {
            path: path.into(),
            method: "GET".into(),
            key_required: true,
            integration: Integration::Link {
                vpc_link_id: "${vpc-link.id}".into(),
                uri: format!("{uri}{path}"),
                method: "GET".into(),
            },
        };
        let health = Route {
            path: "/health".into(),
            method: "GET".into(),
            key_required: false,
            integration: Integration::Mock { status: 200, body: r#"{"status":"ok"}"#.into() },
        };
        Routes {
            rest_api_id: "api".into(),
            title: "video-metadata-api-staging".into(),
            version: "1".into(),
            description: "video metadata".into(),
            routes: vec![link("/videos"), link("/videos/{id}"), health],
        }
    }

    #[test]
    fn path_parameters_reach_the_service() {
        let document = document(&routes("http://nlb:80"));
        let get = &document["paths"]["/videos/{id}"]["get"];
        assert_eq!(get["parameters"][0]["name"], "id");
        let integration = &get["x-amazon-apigateway-integration"];
        assert_eq!(integration["requestParameters"]["integration.request.path.id"], "method.request.path.id");
        assert_eq!(integration["uri"], "http://nlb:80/videos/{id}");
        assert_eq!(integration["connectionId"], "${vpc-link.id}");
        assert_eq!(document["paths"]["/videos"]["get"].get("parameters"), None);
    }

    #[test]
    fn only_what_asks_for_a_key_is_behind_one() {
        let document = document(&routes("http://nlb:80"));
        assert_eq!(document["paths"]["/videos"]["get"]["security"], json!([{"api_key": []}]));
        let health = &document["paths"]["/health"]["get"];
        assert_eq!(health.get("security"), None);
        let mock = &health["x-amazon-apigateway-integration"];
        assert_eq!(mock["requestTemplates"]["application/json"], r#"{"statusCode": 200}"#);
        assert_eq!(mock["responses"]["default"]["responseTemplates"]["application/json"], r#"{"status":"ok"}"#);
        assert_eq!(document["components"]["securitySchemes"]["api_key"]["name"], "x-api-key");
    }

    #[test]
    fn the_digest_follows_the_routes() {
        assert_eq!(digest(&routes("http://a")), digest(&routes("http://a")));
        assert_ne!(digest(&routes("http://a")), digest(&routes("http://b")));
    }

    #[test]
    fn two_methods_share_a_path() {
        let mut routes = routes("http://nlb:80");
        routes.routes[1].path = "/videos".into();
        routes.routes[1].method = "POST".into();
        let document = document(&routes);
        let methods = document["paths"]["/videos"].as_object().expect("a path holds its methods");
        assert_eq!(methods.keys().collect::<Vec<_>>(), ["get", "post"]);
    }

    #[test]
    fn a_greedy_parameter_is_known_by_its_name() {
        assert_eq!(parameters("/a/{proxy+}").collect::<Vec<_>>(), ["proxy"]);
        assert_eq!(parameters("/").count(), 0);
    }
}
