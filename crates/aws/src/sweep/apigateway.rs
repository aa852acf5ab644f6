//! API Gateway: REST APIs with their stages and deployments, keys, usage plans, VPC links. All are listed with their tags.
use super::{
    Probe,
    look::{Look, Mark, TAGGED},
    probe,
};
use crate::apigateway::PAGE;
use std::collections::HashMap;
use vidpipe_engine::Result;

pub(super) fn probes<'a>(look: &'a Look<'a>) -> Vec<Probe<'a>> {
    vec![
        probe("REST APIs", rest_apis(look)),
        probe("API keys", keys(look)),
        probe("usage plans", usage_plans(look)),
        probe("VPC links", vpc_links(look)),
    ]
}

fn ours(look: &Look<'_>, tags: Option<&HashMap<String, String>>) -> Option<Mark> {
    look.ours(tags?.iter().map(|(k, v)| (k.as_str(), v.as_str())))
}

async fn rest_apis(look: &Look<'_>) -> Result<()> {
    for api in all!(look, "list the REST APIs", look.aws.apigateway.get_rest_apis().limit(PAGE))? {
        if let Some(mark) = ours(look, api.tags()) {
            look.left_of(&mark, "rest-api", api.id(), api.name(), TAGGED);
        }
    }
    Ok(())
}

/// Without their values.
async fn keys(look: &Look<'_>) -> Result<()> {
    for key in all!(look, "list the API keys", look.aws.apigateway.get_api_keys().limit(PAGE).include_values(false))? {
        if let Some(mark) = ours(look, key.tags()) {
            look.left_of(&mark, "api-key", key.id(), key.name(), TAGGED);
        }
    }
    Ok(())
}

async fn usage_plans(look: &Look<'_>) -> Result<()> {
    for plan in all!(look, "list the usage plans", look.aws.apigateway.get_usage_plans().limit(PAGE))? {
        if let Some(mark) = ours(look, plan.tags()) {
            look.left_of(&mark, "usage-plan", plan.id(), plan.name(), TAGGED);
        }
    }
    Ok(())
}

async fn vpc_links(look: &Look<'_>) -> Result<()> {
    for link in all!(look, "list the VPC links", look.aws.apigateway.get_vpc_links().limit(PAGE))? {
        if let Some(mark) = ours(look, link.tags()) {
            let status = link.status().map_or("there", |s| s.as_str());
            look.left_of(&mark, "vpc-link", link.id(), link.name(), format!("{TAGGED}; it is {status}"));
        }
    }
    Ok(())
}
