//! API Gateway: the answers of a stage to its clients.

use std::sync::{Arc, OnceLock};

use aws_sdk_apigateway::Client;
use aws_sdk_apigateway::primitives::Blob;
use aws_sdk_apigateway::types::{ApiStage, Op, PatchOperation, PutMode};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnector, HttpConnectorSettings};
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use serde_json::json;
use vidpipe_sandbox::Sandbox;

use crate::aws::{client, sandbox};

/// The runtime components that the SDK passes to HTTP clients.
#[derive(Debug, Clone, Default)]
struct Components(Arc<OnceLock<RuntimeComponents>>);

impl Intercept for Components {
    fn name(&self) -> &'static str {
        "Components"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        components: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let _ = self.0.set(components.clone());
        Ok(())
    }
}

/// The status and body of a GET.
async fn get(sandbox: &Sandbox, api: &Client, url: &str, key: Option<&str>) -> (u16, String) {
    let components = Components::default();
    api.get_account().customize().interceptor(components.clone()).send().await.unwrap();
    let components = components.0.get().unwrap();
    let mut request = HttpRequest::get(url).unwrap();
    if let Some(key) = key {
        request.headers_mut().insert("x-api-key", key.to_owned());
    }
    let settings = HttpConnectorSettings::builder().build();
    let answer = sandbox.http_client().http_connector(&settings, components).call(request).await.unwrap();
    let body = String::from_utf8(answer.body().bytes().unwrap().to_vec()).unwrap();
    (answer.status().as_u16(), body)
}

fn openapi() -> Blob {
    let mock = json!({
        "type": "mock",
        "requestTemplates": { "application/json": "{\"statusCode\": 200}" },
        "responses": { "default": { "statusCode": "200", "responseTemplates": { "application/json": "well" } } },
    });
    let proxy = json!({ "type": "http_proxy", "httpMethod": "GET", "uri": "http://nlb.internal/videos" });
    let get = |integration, security| json!({ "get": { "security": security, "x-amazon-apigateway-integration": integration } });
    let document = json!({
        "openapi": "3.0.1",
        "info": { "title": "api-demo", "version": "1" },
        "paths": {
            "/health": get(&mock, json!([{ "api_key": [] }])),
            "/open": get(&mock, json!([])),
            "/videos/{id}": get(&proxy, json!([{ "api_key": [] }])),
        },
        "components": { "securitySchemes": { "api_key": { "type": "apiKey", "name": "x-api-key", "in": "header" } } },
    });
    Blob::new(document.to_string())
}

const KEY: &str = "0123456789012345678901234";

#[tokio::test]
async fn a_stage_answers_whoever_has_an_enabled_key_of_its_plan() {
    let sandbox = sandbox();
    let api = client!(aws_sdk_apigateway, sandbox);
    let id = api.create_rest_api().name("api-demo").send().await.unwrap().id().unwrap().to_owned();
    api.put_rest_api().rest_api_id(&id).mode(PutMode::Overwrite).body(openapi()).send().await.unwrap();
    let deployment = api.create_deployment().rest_api_id(&id).send().await.unwrap();
    let stage = api.create_stage().rest_api_id(&id).stage_name("prod").deployment_id(deployment.id().unwrap());
    stage.send().await.unwrap();
    let base = format!("https://{id}.execute-api.eu-west-1.amazonaws.com");
    let health = format!("{base}/prod/health");
    let asked = async |url: &str, key| get(&sandbox, &api, url, key).await;

    assert_eq!(asked(&format!("{base}/prod/open"), None).await, (200, "well".into()));
    let forbidden = (403, "{\"message\":\"Forbidden\"}".to_owned());
    assert_eq!(asked(&health, None).await, forbidden);
    assert_eq!(asked(&format!("{base}/test/health"), None).await, forbidden);
    let missing = (403, "{\"message\":\"Missing Authentication Token\"}".to_owned());
    assert_eq!(asked(&format!("{base}/prod/nowhere"), Some(KEY)).await, missing);

    let key = api.create_api_key().name("key-demo").value(KEY).enabled(true).send().await.unwrap();
    let key = key.id().unwrap();
    assert_eq!(asked(&health, Some(KEY)).await, forbidden, "the key is in no plan");
    let plan =
        api.create_usage_plan().name("plan-demo").api_stages(ApiStage::builder().api_id(&id).stage("prod").build());
    let plan = plan.send().await.unwrap();
    api.create_usage_plan_key().usage_plan_id(plan.id().unwrap()).key_id(key).key_type("API_KEY").send().await.unwrap();
    assert_eq!(asked(&health, Some(KEY)).await, (200, "well".into()));
    assert_eq!(asked(&health, Some("another")).await, forbidden);
    let behind = asked(&format!("{base}/prod/videos/7"), Some(KEY)).await;
    assert_eq!(behind, (500, "{\"message\":\"Internal server error\"}".into()), "nothing runs behind it");

    let off = PatchOperation::builder().op(Op::Replace).path("/enabled").value("false").build();
    api.update_api_key().api_key(key).patch_operations(off).send().await.unwrap();
    assert_eq!(asked(&health, Some(KEY)).await, forbidden, "the key is disabled");
}
