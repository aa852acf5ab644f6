//! API Gateway: VPC link, REST API from OpenAPI, deployment, stage, API key, usage plan.

use std::time::Duration;

use aws_sdk_apigateway::Client;
use aws_sdk_apigateway::primitives::Blob;
use aws_sdk_apigateway::types::{
    ApiStage, IntegrationType, Op, PatchOperation, PutMode, ThrottleSettings, VpcLinkStatus,
};
use vidpipe_sandbox::{Clock, Sandbox};

use crate::aws::{Kept, client, code, sandbox};
use crate::{compute, network};

pub(crate) fn patch(op: Op, path: &str, value: &str) -> PatchOperation {
    PatchOperation::builder().op(op).path(path).value(value).build()
}

fn openapi(link: &str) -> Blob {
    let proxy = |path: &str| {
        serde_json::json!({
            "security": [{ "api_key": [] }],
            "x-amazon-apigateway-integration": {
                "type": "http_proxy",
                "httpMethod": "GET",
                "uri": format!("http://nlb.internal{path}"),
                "connectionType": "VPC_LINK",
                "connectionId": link,
            },
        })
    };
    let health = serde_json::json!({
        "responses": { "200": { "description": "well" } },
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "requestTemplates": { "application/json": "{\"statusCode\": 200}" },
            "responses": { "default": { "statusCode": "200" } },
        },
    });
    let document = serde_json::json!({
        "openapi": "3.0.1",
        "info": { "title": "api-demo", "version": "1" },
        "paths": {
            "/health": { "get": health },
            "/videos": { "get": proxy("/videos") },
            "/videos/{id}": {
                "get": proxy("/videos/{id}"),
                "parameters": [{ "name": "id", "in": "path", "required": true }],
            },
        },
        "components": { "securitySchemes": { "api_key": { "type": "apiKey", "name": "x-api-key", "in": "header" } } },
    });
    Blob::new(document.to_string())
}

/// A load balancer for a link, in its own network.
pub(crate) async fn balancer(sandbox: &Sandbox, name: &str) -> String {
    let (vpc, subnets) = network::two_subnets(sandbox).await;
    let group = compute::security_group(sandbox, &vpc).await;
    compute::balancer(sandbox, name, &subnets, &group).await
}

pub(crate) async fn link(api: &Client, balancer: &str) -> String {
    let made =
        api.create_vpc_link().name("link-demo").target_arns(balancer).tags("suffix", "demo").send().await.unwrap();
    assert_eq!(made.status(), Some(&VpcLinkStatus::Pending));
    made.id().unwrap().to_owned()
}

/// An API with a route through that link.
pub(crate) async fn rest_api(api: &Client, link: &str) -> String {
    let made = api.create_rest_api().name("api-demo").tags("suffix", "demo").send().await.unwrap();
    let id = made.id().unwrap().to_owned();
    let body = openapi(link);
    api.put_rest_api()
        .rest_api_id(&id)
        .mode(PutMode::Overwrite)
        .fail_on_warnings(true)
        .body(body)
        .send()
        .await
        .unwrap();
    id
}

/// An API through a link to a load balancer, deployed to its stage `prod`.
pub(crate) async fn served(sandbox: &Sandbox) -> (Client, String) {
    let balancer = balancer(sandbox, "nlb").await;
    let api = client!(aws_sdk_apigateway, *sandbox);
    let link = link(&api, &balancer).await;
    let rest = rest_api(&api, &link).await;
    let deployment = api.create_deployment().rest_api_id(&rest).send().await.unwrap();
    let call = api.create_stage().rest_api_id(&rest).stage_name("prod").deployment_id(deployment.id().unwrap());
    call.send().await.unwrap();
    (api, rest)
}

#[tokio::test]
async fn a_vpc_link_lives_and_dies() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let balancer = balancer(&sandbox, "nlb").await;
    let api = client!(aws_sdk_apigateway, sandbox);
    let id = link(&api, &balancer).await;
    let sandbox = kept.again(sandbox, Clock::Instant);
    let api = client!(aws_sdk_apigateway, sandbox);
    let response = api.get_vpc_link().vpc_link_id(&id).send().await.unwrap();
    assert_eq!(response.status(), Some(&VpcLinkStatus::Available));
    assert_eq!(response.target_arns(), [balancer]);
    assert_eq!(response.tags().unwrap()["suffix"], "demo");
    assert_eq!(api.get_vpc_links().send().await.unwrap().items().len(), 1);
    let delete = || api.delete_vpc_link().vpc_link_id(&id).send();
    delete().await.unwrap();
    assert_eq!(code(delete().await), "NotFoundException");
    assert_eq!(code(api.get_vpc_link().vpc_link_id(&id).send().await), "NotFoundException");
}

#[tokio::test(start_paused = true)]
async fn a_vpc_link_takes_its_time() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let balancer = balancer(&sandbox, "nlb").await;
    tokio::time::advance(Duration::from_secs(600)).await;
    let api = client!(aws_sdk_apigateway, sandbox);
    let id = link(&api, &balancer).await;
    let get = || api.get_vpc_link().vpc_link_id(&id).send();
    tokio::time::advance(Duration::from_secs(179)).await;
    assert_eq!(get().await.unwrap().status(), Some(&VpcLinkStatus::Pending));
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(get().await.unwrap().status(), Some(&VpcLinkStatus::Available));
    api.delete_vpc_link().vpc_link_id(&id).send().await.unwrap();
    assert_eq!(get().await.unwrap().status(), Some(&VpcLinkStatus::Deleting));
    tokio::time::advance(Duration::from_secs(76)).await;
    assert_eq!(code(get().await), "NotFoundException");
}

#[tokio::test]
async fn an_openapi_document_makes_routes() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let api = client!(aws_sdk_apigateway, sandbox);
    let before = sandbox.inventory().unwrap();
    let id = rest_api(&api, "link").await;
    let sandbox = kept.again(sandbox, Clock::Instant);
    let api = client!(aws_sdk_apigateway, sandbox);
    let response = api.get_rest_api().rest_api_id(&id).send().await.unwrap();
    assert_eq!(response.name(), Some("api-demo"));
    assert_eq!(response.tags().unwrap()["suffix"], "demo");
    let found = api.get_resources().rest_api_id(&id).embed("methods").send().await.unwrap();
    let paths: Vec<_> = found.items().iter().filter_map(|resource| resource.path()).collect();
    assert_eq!(paths, ["/", "/health", "/videos", "/videos/{id}"]);
    let method = |index: usize| found.items()[index].resource_methods().unwrap()["GET"].clone();
    let health = method(1);
    assert_eq!(health.api_key_required(), Some(false));
    assert_eq!(health.method_integration().unwrap().r#type(), Some(&IntegrationType::Mock));
    let video = method(3);
    assert_eq!(video.api_key_required(), Some(true));
    assert!(video.request_parameters().unwrap()["method.request.path.id"]);
    let integration = video.method_integration().unwrap();
    assert_eq!(integration.r#type(), Some(&IntegrationType::HttpProxy));
    assert_eq!(integration.connection_id(), Some("link"));
    let bare = api.get_resources().rest_api_id(&id).send().await.unwrap();
    assert!(bare.items()[1].resource_methods().unwrap()["GET"].method_integration().is_none());
    let bad = api.put_rest_api().rest_api_id(&id).mode(PutMode::Overwrite).body(Blob::new("{}")).send().await;
    assert_eq!(code(bad), "BadRequestException");
    let arn = format!("arn:aws:apigateway:eu-west-1::/restapis/{id}");
    api.tag_resource().resource_arn(&arn).tags("owner", "me").send().await.unwrap();
    let tags = api.get_tags().resource_arn(&arn).send().await.unwrap();
    assert_eq!(tags.tags().unwrap().len(), 2);
    let delete = || api.delete_rest_api().rest_api_id(&id).send();
    delete().await.unwrap();
    assert_eq!(code(delete().await), "NotFoundException");
    assert_eq!(sandbox.inventory().unwrap()["regions"], before["regions"]);
}

#[tokio::test]
async fn a_stage_shows_its_throttling() {
    let sandbox = sandbox();
    let balancer = balancer(&sandbox, "nlb").await;
    let api = client!(aws_sdk_apigateway, sandbox);
    let link = link(&api, &balancer).await;
    let id = rest_api(&api, &link).await;
    let deployment = api.create_deployment().rest_api_id(&id).description("first").send().await.unwrap();
    let deployment = deployment.id().unwrap();
    let create = || {
        api.create_stage().rest_api_id(&id).stage_name("prod").deployment_id(deployment).tags("suffix", "demo").send()
    };
    create().await.unwrap();
    assert_eq!(code(create().await), "ConflictException");
    let change = api
        .update_stage()
        .rest_api_id(&id)
        .stage_name("prod")
        .patch_operations(patch(Op::Replace, "/*/*/throttling/rateLimit", "100"))
        .patch_operations(patch(Op::Replace, "/*/*/throttling/burstLimit", "200"))
        .patch_operations(patch(Op::Replace, "/*/*/metrics/enabled", "true"))
        .patch_operations(patch(Op::Replace, "/~1videos/GET/throttling/burstLimit", "5"));
    change.send().await.unwrap();
    let get = || api.get_stage().rest_api_id(&id).stage_name("prod").send();
    let stage = get().await.unwrap();
    assert_eq!(stage.deployment_id(), Some(deployment));
    assert_eq!(stage.tags().unwrap()["suffix"], "demo");
    let settings = &stage.method_settings().unwrap()["*/*"];
    assert!((settings.throttling_rate_limit() - 100.0).abs() < f64::EPSILON);
    assert_eq!((settings.throttling_burst_limit(), settings.metrics_enabled()), (200, true));
    assert_eq!(stage.method_settings().unwrap()["videos/GET"].throttling_burst_limit(), 5);
    let call = api.update_stage().rest_api_id(&id).stage_name("prod");
    let left = call.patch_operations(patch(Op::Remove, "/*/*", "")).send().await.unwrap();
    assert_eq!(left.method_settings().unwrap().keys().collect::<Vec<_>>(), ["videos/GET"]);
    let early = api.delete_deployment().rest_api_id(&id).deployment_id(deployment).send().await;
    assert_eq!(code(early), "BadRequestException");
    let delete = || api.delete_stage().rest_api_id(&id).stage_name("prod").send();
    delete().await.unwrap();
    assert_eq!(code(delete().await), "NotFoundException");
    assert_eq!(code(get().await), "NotFoundException");
    let delete = || api.delete_deployment().rest_api_id(&id).deployment_id(deployment).send();
    delete().await.unwrap();
    assert_eq!(code(delete().await), "NotFoundException");
}

#[tokio::test]
async fn a_key_is_in_a_plan() {
    let kept = Kept::new();
    let sandbox = kept.open(Clock::Instant);
    let (api, rest) = served(&sandbox).await;
    let before = sandbox.inventory().unwrap();
    let create = || {
        api.create_api_key()
            .name("key-demo")
            .value("0123456789012345678901234")
            .enabled(true)
            .tags("suffix", "demo")
            .send()
    };
    let made = create().await.unwrap();
    let key = made.id().unwrap().to_owned();
    assert_eq!(code(create().await), "ConflictException");
    let throttle = ThrottleSettings::builder().rate_limit(100.0).burst_limit(200).build();
    let made = api
        .create_usage_plan()
        .name("plan-demo")
        .throttle(throttle)
        .api_stages(ApiStage::builder().api_id(&rest).stage("prod").build())
        .tags("suffix", "demo")
        .send()
        .await
        .unwrap();
    let plan = made.id().unwrap().to_owned();
    let join = || api.create_usage_plan_key().usage_plan_id(&plan).key_id(&key).key_type("API_KEY").send();
    join().await.unwrap();
    assert_eq!(code(join().await), "ConflictException");

    let sandbox = kept.again(sandbox, Clock::Instant);
    let api = client!(aws_sdk_apigateway, sandbox);
    let response = api.get_api_key().api_key(&key).include_value(true).send().await.unwrap();
    assert_eq!(response.value(), Some("0123456789012345678901234"));
    assert!(response.enabled());
    assert_eq!(api.get_api_key().api_key(&key).send().await.unwrap().value(), None);
    let by_name = api.get_api_keys().name_query("key-").include_values(true).send().await.unwrap();
    assert_eq!(by_name.items()[0].tags().unwrap()["suffix"], "demo");
    let response = api.get_usage_plan().usage_plan_id(&plan).send().await.unwrap();
    assert_eq!(response.throttle().unwrap().burst_limit(), 200);
    assert_eq!(response.api_stages()[0].stage(), Some("prod"));
    let members = api.get_usage_plan_keys().usage_plan_id(&plan).send().await.unwrap();
    assert_eq!(members.items()[0].id(), Some(key.as_str()));
    let change = api
        .update_usage_plan()
        .usage_plan_id(&plan)
        .patch_operations(patch(Op::Remove, "/apiStages", &format!("{rest}:prod")))
        .patch_operations(patch(Op::Replace, "/throttle/burstLimit", "300"));
    let changed = change.send().await.unwrap();
    assert!(changed.api_stages().is_empty());
    assert_eq!(changed.throttle().unwrap().burst_limit(), 300);

    let leave = || api.delete_usage_plan_key().usage_plan_id(&plan).key_id(&key).send();
    leave().await.unwrap();
    assert_eq!(code(leave().await), "NotFoundException");
    let delete = || api.delete_usage_plan().usage_plan_id(&plan).send();
    delete().await.unwrap();
    assert_eq!(code(delete().await), "NotFoundException");
    let delete = || api.delete_api_key().api_key(&key).send();
    delete().await.unwrap();
    assert_eq!(code(delete().await), "NotFoundException");
    assert_eq!(sandbox.inventory().unwrap()["regions"], before["regions"]);
}

/// A role that API Gateway can write logs with.
pub(crate) async fn logging_role(sandbox: &Sandbox) -> String {
    let iam = client!(aws_sdk_iam, *sandbox);
    let trust = r#"{"Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"}}]}"#;
    let made = iam.create_role().role_name("logs").assume_role_policy_document(trust).send().await.unwrap();
    let policy = r#"{"Statement":[{"Effect":"Allow","Action":"logs:*","Resource":"*"}]}"#;
    iam.put_role_policy().role_name("logs").policy_name("logs").policy_document(policy).send().await.unwrap();
    made.role().unwrap().arn().to_owned()
}
