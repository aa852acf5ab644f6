//! API Gateway: refusals and their end, failures, and resources that appear by themselves.

use std::time::Duration;

use aws_sdk_apigateway::Client;
use aws_sdk_apigateway::types::{ApiStage, Op, PatchOperation, VpcLinkStatus};
use tokio::time::advance;
use vidpipe_sandbox::{Clock, Conditions, Incident, Sandbox};

use crate::apigateway::{balancer, link, logging_role, patch, rest_api, served};
use crate::aws::{client, code, sandbox};

const LONG: Duration = Duration::from_secs(600);

/// The status of a link and its message.
async fn state(api: &Client, link: &str) -> (VpcLinkStatus, String) {
    let seen = api.get_vpc_link().vpc_link_id(link).send().await.unwrap();
    (seen.status().unwrap().clone(), seen.status_message().unwrap_or_default().to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_link_fails_on_a_balancer_that_is_not_active() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let balancer = balancer(&sandbox, "nlb").await;
    let api = client!(aws_sdk_apigateway, sandbox);
    let early = link(&api, &balancer).await;
    assert_eq!(state(&api, &early).await.0, VpcLinkStatus::Pending);
    advance(LONG).await;
    let (status, why) = state(&api, &early).await;
    assert_eq!(status, VpcLinkStatus::Failed);
    assert!(why.contains("not in active state"), "{why}");
    // A failed link has no target: the next link is the first to this load balancer.
    let first = link(&api, &balancer).await;
    let second = link(&api, &balancer).await;
    advance(LONG).await;
    assert_eq!(state(&api, &first).await.0, VpcLinkStatus::Available);
    let (status, why) = state(&api, &second).await;
    assert_eq!(status, VpcLinkStatus::Failed);
    assert!(why.contains("already associated"), "{why}");
}

#[tokio::test]
async fn a_link_may_fail() {
    let sandbox = sandbox();
    let balancer = balancer(&sandbox, "nlb").await;
    sandbox.set(Conditions::default().with_incident(Incident::LinkFails, 1));
    let api = client!(aws_sdk_apigateway, sandbox);
    let first = link(&api, &balancer).await;
    let (status, why) = state(&api, &first).await;
    assert!(status == VpcLinkStatus::Failed && !why.is_empty(), "{status:?} {why}");
    let second = link(&api, &balancer).await;
    assert_eq!(state(&api, &second).await, (VpcLinkStatus::Available, String::new()));
    // An API with a route through a deleted link cannot be deployed.
    let rest = rest_api(&api, &first).await;
    assert_eq!(code(api.create_deployment().rest_api_id(&rest).send().await), "BadRequestException");
}

#[tokio::test]
async fn a_link_leads_to_one_balancer_for_good() {
    let sandbox = sandbox();
    let balancer = balancer(&sandbox, "nlb").await;
    let api = client!(aws_sdk_apigateway, sandbox);
    let two = api.create_vpc_link().name("two").target_arns(&balancer).target_arns("other").send().await;
    assert_eq!(code(two), "BadRequestException");
    let id = link(&api, &balancer).await;
    let move_it = api.update_vpc_link().vpc_link_id(&id).patch_operations(patch(Op::Replace, "/targetArns", "other"));
    assert_eq!(code(move_it.send().await), "BadRequestException");
    let rename = api.update_vpc_link().vpc_link_id(&id).patch_operations(patch(Op::Replace, "/name", "other"));
    assert_eq!(rename.send().await.unwrap().name(), Some("other"));
}

#[tokio::test]
async fn a_link_stays_as_long_as_a_route_or_a_stage_leads_through_it() {
    let sandbox = sandbox();
    let (api, rest) = served(&sandbox).await;
    let links = api.get_vpc_links().send().await.unwrap();
    let id = links.items()[0].id().unwrap();
    let delete = || api.delete_vpc_link().vpc_link_id(id).send();
    assert_eq!(code(delete().await), "BadRequestException");
    // The routes are removed from the API, but the deployment of the stage still has them.
    let empty = serde_json::json!({ "openapi": "3.0.1", "info": { "title": "api-demo" }, "paths": {} });
    let body = aws_sdk_apigateway::primitives::Blob::new(empty.to_string());
    let mode = aws_sdk_apigateway::types::PutMode::Overwrite;
    api.put_rest_api().rest_api_id(&rest).mode(mode).body(body).send().await.unwrap();
    let refused = delete().await;
    let message = format!("{refused:?}");
    assert!(message.contains(":prod]"), "{message}");
    api.delete_rest_api().rest_api_id(&rest).send().await.unwrap();
    delete().await.unwrap();
}

#[tokio::test]
async fn a_plan_goes_when_its_stages_have() {
    let sandbox = sandbox();
    let (api, rest) = served(&sandbox).await;
    let stage = |name: &str| ApiStage::builder().api_id(&rest).stage(name).build();
    let create = |name: &str| api.create_usage_plan().name("plan").api_stages(stage(name)).send();
    assert_eq!(code(create("none").await), "BadRequestException");
    let plan = create("prod").await.unwrap();
    let plan = plan.id().unwrap();
    let change = |op: Op, stage: &str| {
        let patch: PatchOperation = patch(op, "/apiStages", &format!("{rest}:{stage}"));
        api.update_usage_plan().usage_plan_id(plan).patch_operations(patch).send()
    };
    assert_eq!(code(change(Op::Add, "none").await), "BadRequestException");
    assert_eq!(code(change(Op::Add, "prod").await), "BadRequestException", "it has it");
    assert_eq!(code(change(Op::Remove, "none").await), "BadRequestException");
    let delete = || api.delete_usage_plan().usage_plan_id(plan).send();
    assert_eq!(code(delete().await), "BadRequestException");
    assert_eq!(code(api.delete_rest_api().rest_api_id(&rest).send().await), "BadRequestException");
    api.delete_stage().rest_api_id(&rest).stage_name("prod").send().await.unwrap();
    let left = api.get_usage_plan().usage_plan_id(plan).send().await.unwrap();
    assert!(left.api_stages().is_empty(), "it went with the stage: {left:?}");
    delete().await.unwrap();
    api.delete_rest_api().rest_api_id(&rest).send().await.unwrap();
}

#[tokio::test]
async fn a_key_has_a_long_value_of_its_own_and_joins_what_is_there() {
    let sandbox = sandbox();
    let api = client!(aws_sdk_apigateway, sandbox);
    let create = |value: &str| api.create_api_key().name("key").value(value).send();
    assert_eq!(code(create("short").await), "BadRequestException");
    assert_eq!(code(create(&"x".repeat(129)).await), "BadRequestException");
    let value = "0123456789012345678901234";
    let key = create(value).await.unwrap();
    assert_eq!(code(create(value).await), "ConflictException");
    let join =
        |plan: &str, key: &str| api.create_usage_plan_key().usage_plan_id(plan).key_id(key).key_type("API_KEY").send();
    assert_eq!(code(join("none", key.id().unwrap()).await), "NotFoundException");
    let plan = api.create_usage_plan().name("plan").send().await.unwrap();
    assert_eq!(code(join(plan.id().unwrap(), "none").await), "NotFoundException");
    join(plan.id().unwrap(), key.id().unwrap()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_account_takes_a_role_when_it_is_known() {
    let sandbox = Sandbox::in_memory(Clock::Real);
    let api = client!(aws_sdk_apigateway, sandbox);
    let set = |role: &str| api.update_account().patch_operations(patch(Op::Replace, "/cloudwatchRoleArn", role)).send();
    assert_eq!(code(set("arn:aws:iam::123456789012:role/none").await), "BadRequestException");
    sandbox.set(Conditions { lag: true, ..Conditions::default() });
    let iam = client!(aws_sdk_iam, sandbox);
    let trust = r#"{"Statement":[{"Principal":{"Service":"apigateway.amazonaws.com"}}]}"#;
    let made = iam.create_role().role_name("logs").assume_role_policy_document(trust).send().await.unwrap();
    let role = made.role().unwrap().arn();
    advance(Duration::from_secs(60)).await;
    assert_eq!(code(set(role).await), "BadRequestException", "it may do nothing");
    let policy = r#"{"Statement":[{"Effect":"Allow","Action":"logs:*","Resource":"*"}]}"#;
    iam.put_role_policy().role_name("logs").policy_name("logs").policy_document(policy).send().await.unwrap();
    assert_eq!(code(set(role).await), "BadRequestException", "its policy is not known yet");
    advance(Duration::from_secs(60)).await;
    set(role).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_stage_that_logs_has_a_log_group_that_stays() {
    let sandbox = Sandbox::in_memory(Clock::Instant);
    let (api, rest) = served(&sandbox).await;
    let logs = client!(aws_sdk_cloudwatchlogs, sandbox);
    let group = format!("API-Gateway-Execution-Logs_{rest}/prod");
    let there = async || {
        let seen = logs.describe_log_groups().log_group_name_prefix(&group).send().await.unwrap();
        !seen.log_groups().is_empty()
    };
    let log = || {
        let call = api.update_stage().rest_api_id(&rest).stage_name("prod");
        call.patch_operations(patch(Op::Replace, "/*/*/logging/loglevel", "INFO")).send()
    };
    assert_eq!(code(log().await), "BadRequestException", "the account has no role for it");
    let role = logging_role(&sandbox).await;
    api.update_account().patch_operations(patch(Op::Replace, "/cloudwatchRoleArn", &role)).send().await.unwrap();
    assert!(!there().await);
    log().await.unwrap();
    assert!(there().await);
    logs.delete_log_group().log_group_name(&group).send().await.unwrap();
    assert!(there().await, "the next request makes it again");
    api.delete_rest_api().rest_api_id(&rest).send().await.unwrap();
    assert!(there().await, "it stays");
    logs.delete_log_group().log_group_name(&group).send().await.unwrap();
    assert!(!there().await, "nobody writes any more");
}

#[tokio::test]
async fn the_account_has_a_role_for_its_logs() {
    let sandbox = sandbox();
    let api = client!(aws_sdk_apigateway, sandbox);
    assert_eq!(api.get_account().send().await.unwrap().cloudwatch_role_arn(), None);
    let role = logging_role(&sandbox).await;
    api.update_account().patch_operations(patch(Op::Replace, "/cloudwatchRoleArn", &role)).send().await.unwrap();
    let response = api.get_account().send().await.unwrap();
    assert_eq!(response.cloudwatch_role_arn(), Some(role.as_str()));
}
