//! API Gateway: the API answers whoever has the key and nobody else, at the wanted rate. The key is read to be used once,
//! and repeated nowhere.
use super::{look::Look, request::Carrier};
use crate::{
    apigateway::PAGE,
    kinds::apigateway::{
        AccountRole, ApiKey, Deployment, Integration, RestApi, Routes, Stage, StageThrottling, UsagePlan, UsagePlanKey,
        VpcLink,
    },
};
use std::collections::HashMap;
use vidpipe_engine::{
    Error, Result,
    verify::Section::{Access, AuditTrail, Availability},
};
use zeroize::Zeroizing;

fn pairs(tags: Option<&HashMap<String, String>>) -> impl Iterator<Item = (&str, &str)> {
    tags.into_iter().flatten().map(|(k, v)| (k.as_str(), v.as_str()))
}

pub(super) async fn account_role(look: &Look<'_>, _: AccountRole) -> Result<()> {
    look.settled(AuditTrail, "API Gateway may write logs", "GetAccount").await
}

/// Without its value.
pub(super) async fn api_key(look: &Look<'_>, want: ApiKey) -> Result<()> {
    let seen = ask!(look, "GetApiKey", look.aws.apigateway.get_api_key().api_key(&look.id.0).include_value(false))?;
    look.is(Access, "the key is enabled", "enabled", seen.enabled(), true);
    look.tags(&want.name, pairs(seen.tags()));
    Ok(())
}

pub(super) async fn deployment(look: &Look<'_>, _: Deployment) -> Result<()> {
    look.settled(Availability, "the routes are deployed", "GetDeployment").await
}

pub(super) async fn rest_api(look: &Look<'_>, want: RestApi) -> Result<()> {
    let seen = ask!(look, "GetRestApi", look.aws.apigateway.get_rest_api().rest_api_id(&look.id.0))?;
    look.is(
        Availability,
        "its endpoint is on",
        "disableExecuteApiEndpoint",
        seen.disable_execute_api_endpoint(),
        false,
    );
    look.tags(&want.name, pairs(seen.tags()));
    Ok(())
}

pub(super) async fn routes(look: &Look<'_>, want: Routes) -> Result<()> {
    let call = look.aws.apigateway.get_resources().rest_api_id(&want.rest_api_id).limit(PAGE).embed("methods");
    let mut open = Vec::new();
    for path in all!(look, "GetResources", call)? {
        for (method, seen) in path.resource_methods().into_iter().flatten() {
            let route =
                |r: &&crate::kinds::apigateway::Route| Some(r.path.as_str()) == path.path() && r.method == *method;
            let key_wanted = want.routes.iter().find(route).is_none_or(|r| r.key_required);
            if key_wanted && seen.api_key_required() != Some(true) {
                open.push(format!("{method} {}", path.path().unwrap_or_default()));
            }
        }
    }
    let said = match open.is_empty() {
        true => Ok(format!("{} routes", want.routes.len())),
        false => Err(format!("{} can be called without a key", open.join(", "))),
    };
    look.told(Access, "every route asks for the key", said);
    look.settled(Availability, "every route leads where it should", "GetResources").await
}

/// What a stage is called by: the URL AWS documents for
/// [invoking](https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-call-api.html) it.
fn url(look: &Look<'_>, want: &Stage) -> String {
    want.output(&look.aws.region).invoke_url
}

pub(super) async fn stage(look: &Look<'_>, want: Stage) -> Result<()> {
    let carrier = Carrier::default();
    let call = look.aws.apigateway.get_stage().rest_api_id(&want.rest_api_id).stage_name(&want.name);
    let question = async || call.clone().customize().interceptor(carrier.clone()).send().await;
    let seen = look.ask("GetStage", question).await?;
    look.is(
        Availability,
        "it serves the deployment",
        "deploymentId",
        seen.deployment_id(),
        want.deployment_id.as_str(),
    );
    look.tags(&want.name, pairs(seen.tags()));
    let mocks =
        |r: &crate::kinds::apigateway::Route| r.method == "GET" && matches!(r.integration, Integration::Mock { .. });
    let routes = look.all::<Routes>("apigateway:routes")?;
    let mut of_api = routes.iter().filter(|(_, r)| r.rest_api_id == want.rest_api_id).flat_map(|(_, r)| &r.routes);
    if let Some(route) = of_api.find(|r| mocks(r)) {
        answers(look, &carrier, &(url(look, &want) + &route.path)).await?;
    }
    Ok(())
}

/// The route that answers by itself does so for the key, and refuses whoever has none.
async fn answers(look: &Look<'_>, carrier: &Carrier, url: &str) -> Result<()> {
    let path = url.rsplit('/').next().unwrap_or_default();
    let (with, without) = (format!("answers GET /{path} with the key"), format!("refuses GET /{path} without the key"));
    look.asking(&format!("GET {url}"));
    let refused = look.patiently(async || carrier.get(url, None).await).await.map(|status| match status {
        401 | 403 => Ok(format!("status {status}")),
        _ => Err(format!("it answers {status} to whoever has no key")),
    });
    look.told_or_unknown(Access, &without, refused);
    let Some((id, _)) = look.all::<ApiKey>("apigateway:api-key")?.into_iter().next() else {
        look.told(Availability, &with, Err("the environment has no key".into()));
        return Ok(());
    };
    let key = match key(look, id).await {
        Ok(key) => key,
        Err(e) => {
            look.told_or_unknown(Availability, &with, Err(e));
            return Ok(());
        }
    };
    look.asking(&format!("GET {url}"));
    let answered =
        look.patiently(async || carrier.get(url, Some(key.as_str())).await).await.map(|status| match status {
            200 => Ok(format!("status {status}")),
            _ => Err(format!("it answers {status} to whoever has the key")),
        });
    look.told_or_unknown(Availability, &with, answered);
    Ok(())
}

/// [GetApiKey](https://docs.aws.amazon.com/apigateway/latest/api/API_GetApiKey.html) with its value.
async fn key(look: &Look<'_>, id: &str) -> Result<Zeroizing<String>> {
    let seen = ask!(look, "GetApiKey", look.aws.apigateway.get_api_key().api_key(id).include_value(true))?;
    let value = seen.value.map(Zeroizing::new);
    value.ok_or_else(|| Error::new(vidpipe_engine::Class::Unclear, "ask GetApiKey: the answer has no value"))
}

pub(super) async fn stage_throttling(look: &Look<'_>, want: StageThrottling) -> Result<()> {
    let call = look.aws.apigateway.get_stage().rest_api_id(&want.rest_api_id).stage_name(&want.stage);
    let seen = ask!(look, "GetStage", call)?;
    let set = seen.method_settings().and_then(|of| of.get("*/*"));
    let (rate, burst) = (set.map(|s| s.throttling_rate_limit()), set.map(|s| s.throttling_burst_limit()));
    look.is(Access, "the stage's rate is limited", "throttlingRateLimit", rate, want.rate);
    look.is(Access, "the stage's burst is limited", "throttlingBurstLimit", burst, want.burst);
    Ok(())
}

pub(super) async fn usage_plan(look: &Look<'_>, want: UsagePlan) -> Result<()> {
    let seen = ask!(look, "GetUsagePlan", look.aws.apigateway.get_usage_plan().usage_plan_id(&look.id.0))?;
    let throttle = seen.throttle();
    let (rate, burst) = (throttle.map(|t| t.rate_limit()), throttle.map(|t| t.burst_limit()));
    look.is(Access, "the plan's rate is limited", "rateLimit", rate, want.rate);
    look.is(Access, "the plan's burst is limited", "burstLimit", burst, want.burst);
    let has: Vec<String> =
        seen.api_stages().iter().filter_map(|s| Some(format!("{}:{}", s.api_id()?, s.stage()?))).collect();
    let wanted: Vec<String> = want.stages.iter().map(|s| format!("{}:{}", s.rest_api_id, s.name)).collect();
    look.are(Access, "the plan is for this API's stage", "apiStages", &has, &wanted);
    look.tags(&want.name, pairs(seen.tags()));
    Ok(())
}

pub(super) async fn usage_plan_key(look: &Look<'_>, _: UsagePlanKey) -> Result<()> {
    look.settled(Access, "the key is in the plan", "GetUsagePlanKey").await
}

pub(super) async fn vpc_link(look: &Look<'_>, want: VpcLink) -> Result<()> {
    let seen = ask!(look, "GetVpcLink", look.aws.apigateway.get_vpc_link().vpc_link_id(&look.id.0))?;
    look.is(Availability, "the link is available", "status", seen.status().map(|s| s.as_str()), "AVAILABLE");
    let targets = seen.target_arns().iter().map(String::as_str);
    look.are(Access, "the link leads to the load balancer", "targetArns", targets, [want.target_arn.as_str()]);
    look.tags(&want.name, pairs(seen.tags()));
    Ok(())
}
