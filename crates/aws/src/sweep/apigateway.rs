//! API Gateway: REST APIs with their stages and deployments, keys, usage plans, VPC links. All are listed with their tags.
use super::{
    Probe,
    look::{Look, TAGGED},
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

fn is_ours(look: &Look<'_>, tags: Option<&HashMap<String, String>>) -> bool {
    tags.is_some_and(|tags| look.is_ours(tags.iter().map(|(k, v)| (k.as_str(), v.as_str()))))
}

async fn rest_apis(look: &Look<'_>) -> Result<()> {
    for api in all!(look, "list the REST APIs", look.aws.apigateway.get_rest_apis().limit(PAGE))? {
        if is_ours(look, api.tags()) {
            look.left("rest-api", api.id(), api.name(), TAGGED);
        }
    }
    Ok(())
}

/// Without their values.
async fn keys(look: &Look<'_>) -> Result<()> {
    for key in all!(look, "list the API keys", look.aws.apigateway.get_api_keys().limit(PAGE).include_values(false))? {
        if is_ours(look, key.tags()) {
            look.left("api-key", key.id(), key.name(), TAGGED);
        }
    }
    Ok(())
}

async fn usage_plans(look: &Look<'_>) -> Result<()> {
    for plan in all!(look, "list the usage plans", look.aws.apigateway.get_usage_plans().limit(PAGE))? {
        if is_ours(look, plan.tags()) {
            look.left("usage-plan", plan.id(), plan.name(), TAGGED);
        }
    }
    Ok(())
}

async fn vpc_links(look: &Look<'_>) -> Result<()> {
    for link in all!(look, "list the VPC links", look.aws.apigateway.get_vpc_links().limit(PAGE))? {
        if is_ours(look, link.tags()) {
            let status = link.status().map_or("there", |s| s.as_str());
            look.left("vpc-link", link.id(), link.name(), format!("{TAGGED}; it is {status}"));
        }
    }
    Ok(())
}
