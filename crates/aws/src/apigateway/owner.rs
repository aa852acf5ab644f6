//! API Gateway returns the tags of a resource with its description.
use crate::{Cx, OrFail, owner::once, tags};
use std::collections::HashMap;
use vidpipe_engine::{Owned, Result};

fn of(cx: &Cx, tags: Option<&HashMap<String, String>>) -> Owned {
    tags::owned(cx, tags.into_iter().flatten().map(|(k, v)| (k.as_str(), v.as_str())))
}

/// [GetRestApi](https://docs.aws.amazon.com/apigateway/latest/api/API_GetRestApi.html)
pub(crate) async fn rest_api(cx: &Cx, id: &str) -> Result<Owned> {
    let read = async || {
        let seen = cx.cloud.apigateway.get_rest_api().rest_api_id(id).send().await;
        Ok(of(cx, seen.or_fail("read the owner of the REST API")?.tags()))
    };
    once(cx, "REST API", id, read).await
}

/// [GetStage](https://docs.aws.amazon.com/apigateway/latest/api/API_GetStage.html)
pub(crate) async fn stage(cx: &Cx, api: &str, stage: &str) -> Result<Owned> {
    let read = async || {
        let seen = cx.cloud.apigateway.get_stage().rest_api_id(api).stage_name(stage).send().await;
        Ok(of(cx, seen.or_fail("read the owner of the API's stage")?.tags()))
    };
    once(cx, "stage", &format!("{api}/{stage}"), read).await
}

/// [GetUsagePlan](https://docs.aws.amazon.com/apigateway/latest/api/API_GetUsagePlan.html)
pub(crate) async fn usage_plan(cx: &Cx, id: &str) -> Result<Owned> {
    let read = async || {
        let seen = cx.cloud.apigateway.get_usage_plan().usage_plan_id(id).send().await;
        Ok(of(cx, seen.or_fail("read the owner of the usage plan")?.tags()))
    };
    once(cx, "usage plan", id, read).await
}

/// [GetApiKey](https://docs.aws.amazon.com/apigateway/latest/api/API_GetApiKey.html), without the key's value.
pub(crate) async fn api_key(cx: &Cx, id: &str) -> Result<Owned> {
    let read = async || {
        let seen = cx.cloud.apigateway.get_api_key().api_key(id).include_value(false).send().await;
        Ok(of(cx, seen.or_fail("read the owner of the API key")?.tags()))
    };
    once(cx, "API key", id, read).await
}

/// [GetVpcLink](https://docs.aws.amazon.com/apigateway/latest/api/API_GetVpcLink.html)
pub(crate) async fn vpc_link(cx: &Cx, id: &str) -> Result<Owned> {
    let read = async || {
        let seen = cx.cloud.apigateway.get_vpc_link().vpc_link_id(id).send().await;
        Ok(of(cx, seen.or_fail("read the owner of the VPC link")?.tags()))
    };
    once(cx, "VPC link", id, read).await
}
