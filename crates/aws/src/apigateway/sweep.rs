//! API Gateway: REST APIs with their stages and deployments, keys, usage plans, VPC links. All listings include tags.
use crate::{
    apigateway::PAGE,
    probe::{Mark, Probe, SweepCx, TAGGED, probe},
};
use std::collections::HashMap;
use vidpipe_engine::Result;

pub(crate) fn probes<'a>(cx: &'a SweepCx<'a>) -> Vec<Probe<'a>> {
    vec![
        probe("REST APIs", rest_apis(cx)),
        probe("API keys", keys(cx)),
        probe("usage plans", usage_plans(cx)),
        probe("VPC links", vpc_links(cx)),
    ]
}

fn ours(cx: &SweepCx<'_>, tags: Option<&HashMap<String, String>>) -> Option<Mark> {
    cx.ours(tags?.iter().map(|(k, v)| (k.as_str(), v.as_str())))
}

async fn rest_apis(cx: &SweepCx<'_>) -> Result<()> {
    for api in all!(cx, "list the REST APIs", cx.aws.apigateway.get_rest_apis().limit(PAGE))? {
        if let Some(mark) = ours(cx, api.tags()) {
            cx.left_of(&mark, "rest-api", api.id(), api.name(), TAGGED);
        }
    }
    Ok(())
}

/// Without the keys' values.
async fn keys(cx: &SweepCx<'_>) -> Result<()> {
    for key in all!(cx, "list the API keys", cx.aws.apigateway.get_api_keys().limit(PAGE).include_values(false))? {
        if let Some(mark) = ours(cx, key.tags()) {
            cx.left_of(&mark, "api-key", key.id(), key.name(), TAGGED);
        }
    }
    Ok(())
}

async fn usage_plans(cx: &SweepCx<'_>) -> Result<()> {
    for plan in all!(cx, "list the usage plans", cx.aws.apigateway.get_usage_plans().limit(PAGE))? {
        if let Some(mark) = ours(cx, plan.tags()) {
            cx.left_of(&mark, "usage-plan", plan.id(), plan.name(), TAGGED);
        }
    }
    Ok(())
}

async fn vpc_links(cx: &SweepCx<'_>) -> Result<()> {
    for link in all!(cx, "list the VPC links", cx.aws.apigateway.get_vpc_links().limit(PAGE))? {
        if let Some(mark) = ours(cx, link.tags()) {
            let status = link.status().map_or("there", |s| s.as_str());
            cx.left_of(&mark, "vpc-link", link.id(), link.name(), format!("{TAGGED}; it is {status}"));
        }
    }
    Ok(())
}
