//! API Gateway: REST APIs.
use crate::{
    Cx,
    declare::{Api, AwsService, kind},
    permissions::{Permission, allow},
    tags,
};
use aws_sdk_apigateway::types::{Op, PatchOperation};
use std::collections::HashMap;
use vidpipe_engine::PhysicalId;

mod account_role;
mod api_key;
mod budgets;
pub(crate) mod codes;
mod deployment;
pub(crate) mod owner;
mod rest_api;
mod routes;
mod stage;
mod stage_throttling;
mod sweep;
mod usage_plan;
mod usage_plan_key;
pub(crate) mod verify;
mod vpc_link;

pub use account_role::*;
pub use api_key::*;
pub use deployment::*;
pub use rest_api::*;
pub use routes::*;
pub use stage::*;
pub use stage_throttling::*;
pub use usage_plan::*;
pub use usage_plan_key::*;
pub use vpc_link::*;

/// API Gateway has one action per HTTP method, on the paths of its resources.
pub(crate) const REST: Permission =
    allow(&["apigateway:DELETE", "apigateway:GET", "apigateway:PATCH", "apigateway:POST", "apigateway:PUT"]).on(&[
        "arn:aws:apigateway:*::/apikeys",
        "arn:aws:apigateway:*::/apikeys/*",
        "arn:aws:apigateway:*::/restapis",
        "arn:aws:apigateway:*::/restapis/*",
        "arn:aws:apigateway:*::/tags/*",
        "arn:aws:apigateway:*::/usageplans",
        "arn:aws:apigateway:*::/usageplans/*",
        "arn:aws:apigateway:*::/vpclinks",
        "arn:aws:apigateway:*::/vpclinks/*",
    ]);

pub(crate) const SERVICE: AwsService = AwsService {
    name: "apigateway",
    apis: &[Api { sdk: "apigateway", name: "API Gateway", codes: codes::ROWS, budgets: budgets::budgets }],
    kinds: &[
        kind::<VpcLink>(),
        kind::<RestApi>(),
        kind::<Routes>(),
        kind::<Deployment>(),
        kind::<Stage>(),
        kind::<StageThrottling>(),
        kind::<ApiKey>(),
        kind::<UsagePlan>(),
        kind::<UsagePlanKey>(),
        kind::<AccountRole>(),
    ],
    probes: sweep::probes,
    sweep: &[REST],
};

/// API Gateway's largest page.
pub(crate) const PAGE: i32 = 500;

/// One [patch](https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html).
pub(crate) fn patch(op: Op, path: &str, value: impl Into<String>) -> PatchOperation {
    PatchOperation::builder().op(op).path(path).value(value).build()
}

/// The node's tags as a map.
pub(crate) fn tags(cx: &Cx, name: &str) -> Option<HashMap<String, String>> {
    Some(tags::of(cx, name).into_iter().collect())
}

/// Returns whether these are the tags of a resource that this intent created.
pub(crate) fn of_intent(cx: &Cx, tags: Option<&HashMap<String, String>>) -> bool {
    tags.is_some_and(|t| tags::are_of_intent(cx, t.iter().map(|(k, v)| (k.as_str(), v.as_str()))))
}

/// The physical id of a stage and of its settings.
pub(crate) fn stage_id(rest_api_id: &str, stage: &str) -> PhysicalId {
    PhysicalId(format!("{rest_api_id}/{stage}"))
}
