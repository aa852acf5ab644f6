//! Shared by the API Gateway kinds: patches, tags, and the physical id of a stage. Makes no calls.
use crate::{Cx, tags};
use aws_sdk_apigateway::types::{Op, PatchOperation};
use std::collections::HashMap;
use vidpipe_engine::PhysicalId;

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
