//! API Gateway: the API answers callers with the key and refuses others, at the desired rate. The key is read for a
//! single use, and appears in no output.
use crate::{
    apigateway::{
        AccountRole, ApiKey, Deployment, Integration, PAGE, RestApi, Routes, Stage, StageThrottling, UsagePlan,
        UsagePlanKey, VpcLink, verify::request::Carrier,
    },
    check::CheckCx,
};
use std::collections::HashMap;
use vidpipe_engine::{
    Error, Result,
    verify::Section::{Access, AuditTrail, Availability},
};
use zeroize::Zeroizing;

mod request;

fn pairs(tags: Option<&HashMap<String, String>>) -> impl Iterator<Item = (&str, &str)> {
    tags.into_iter().flatten().map(|(k, v)| (k.as_str(), v.as_str()))
}

pub(crate) async fn account_role(check: &CheckCx<'_>, _: AccountRole) -> Result<()> {
    check.settled(AuditTrail, "API Gateway may write logs", "GetAccount").await
}

/// Without the key's value.
pub(crate) async fn api_key(check: &CheckCx<'_>, want: ApiKey) -> Result<()> {
    let seen = ask!(check, "GetApiKey", check.aws.apigateway.get_api_key().api_key(&check.id.0).include_value(false))?;
    check.is(Access, "the key is enabled", "enabled", seen.enabled(), true);
    check.tags(&want.name, pairs(seen.tags()));
    Ok(())
}

pub(crate) async fn deployment(check: &CheckCx<'_>, _: Deployment) -> Result<()> {
    check.settled(Availability, "the routes are deployed", "GetDeployment").await
}

pub(crate) async fn rest_api(check: &CheckCx<'_>, want: RestApi) -> Result<()> {
    let seen = ask!(check, "GetRestApi", check.aws.apigateway.get_rest_api().rest_api_id(&check.id.0))?;
    check.is(
        Availability,
        "its endpoint is on",
        "disableExecuteApiEndpoint",
        seen.disable_execute_api_endpoint(),
        false,
    );
    check.tags(&want.name, pairs(seen.tags()));
    Ok(())
}

pub(crate) async fn routes(check: &CheckCx<'_>, want: Routes) -> Result<()> {
    let call = check.aws.apigateway.get_resources().rest_api_id(&want.rest_api_id).limit(PAGE).embed("methods");
    let mut open = Vec::new();
    for path in all!(check, "GetResources", call)? {
        for (method, seen) in path.resource_methods().into_iter().flatten() {
            let route = |r: &&crate::apigateway::Route| Some(r.path.as_str()) == path.path() && r.method == *method;
            let key_wanted = want.routes.iter().find(route).is_none_or(|r| r.key_required);
            if key_wanted && seen.api_key_required() != Some(true) {
                open.push(format!("{method} {}", path.path().unwrap_or_default()));
            }
        }
    }
    let result = match open.is_empty() {
        true => Ok(format!("{} routes", want.routes.len())),
        false => Err(format!("{} can be called without a key", open.join(", "))),
    };
    check.add_result(Access, "every route asks for the key", result);
    check.settled(Availability, "every route leads where it should", "GetResources").await
}

/// The URL of a stage, as documented for
/// [invoking](https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-call-api.html) it.
fn url(check: &CheckCx<'_>, want: &Stage) -> String {
    want.output(&check.aws.region).invoke_url
}

pub(crate) async fn stage(check: &CheckCx<'_>, want: Stage) -> Result<()> {
    let carrier = Carrier::default();
    let call = check.aws.apigateway.get_stage().rest_api_id(&want.rest_api_id).stage_name(&want.name);
    let question = async || call.clone().customize().interceptor(carrier.clone()).send().await;
    let seen = check.ask("GetStage", question).await?;
    check.is(
        Availability,
        "it serves the deployment",
        "deploymentId",
        seen.deployment_id(),
        want.deployment_id.as_str(),
    );
    check.tags(&want.name, pairs(seen.tags()));
    let mocks = |r: &crate::apigateway::Route| r.method == "GET" && matches!(r.integration, Integration::Mock { .. });
    let routes = check.all::<Routes>("apigateway:routes")?;
    let mut of_api = routes.iter().filter(|(_, r)| r.rest_api_id == want.rest_api_id).flat_map(|(_, r)| &r.routes);
    if let Some(route) = of_api.find(|r| mocks(r)) {
        answers(check, &carrier, &(url(check, &want) + &route.path)).await?;
    }
    Ok(())
}

/// Checks that the mock route answers with the key, and refuses calls without it.
async fn answers(check: &CheckCx<'_>, carrier: &Carrier, url: &str) -> Result<()> {
    let path = url.rsplit('/').next().unwrap_or_default();
    let (with, without) = (format!("answers GET /{path} with the key"), format!("refuses GET /{path} without the key"));
    check.asking(&format!("GET {url}"));
    let refused = check.patiently(async || carrier.get(url, None).await).await.map(|status| match status {
        401 | 403 => Ok(format!("status {status}")),
        _ => Err(format!("it answers {status} without a key")),
    });
    check.add_result_or_unknown(Access, &without, refused);
    let Some((id, _)) = check.all::<ApiKey>("apigateway:api-key")?.into_iter().next() else {
        check.add_result(Availability, &with, Err("the environment has no key".into()));
        return Ok(());
    };
    let key = match key(check, id).await {
        Ok(key) => key,
        Err(e) => {
            check.add_result_or_unknown(Availability, &with, Err(e));
            return Ok(());
        }
    };
    check.asking(&format!("GET {url}"));
    let answered =
        check.patiently(async || carrier.get(url, Some(key.as_str())).await).await.map(|status| match status {
            200 => Ok(format!("status {status}")),
            _ => Err(format!("it answers {status} with the key")),
        });
    check.add_result_or_unknown(Availability, &with, answered);
    Ok(())
}

/// [GetApiKey](https://docs.aws.amazon.com/apigateway/latest/api/API_GetApiKey.html) with its value.
async fn key(check: &CheckCx<'_>, id: &str) -> Result<Zeroizing<String>> {
    let seen = ask!(check, "GetApiKey", check.aws.apigateway.get_api_key().api_key(id).include_value(true))?;
    let value = seen.value.map(Zeroizing::new);
    value.ok_or_else(|| Error::new(vidpipe_engine::Class::Unclear, "ask GetApiKey: the answer has no value"))
}

pub(crate) async fn stage_throttling(check: &CheckCx<'_>, want: StageThrottling) -> Result<()> {
    let call = check.aws.apigateway.get_stage().rest_api_id(&want.rest_api_id).stage_name(&want.stage);
    let seen = ask!(check, "GetStage", call)?;
    let set = seen.method_settings().and_then(|of| of.get("*/*"));
    let (rate, burst) = (set.map(|s| s.throttling_rate_limit()), set.map(|s| s.throttling_burst_limit()));
    check.is(Access, "the stage's rate is limited", "throttlingRateLimit", rate, want.rate);
    check.is(Access, "the stage's burst is limited", "throttlingBurstLimit", burst, want.burst);
    Ok(())
}

pub(crate) async fn usage_plan(check: &CheckCx<'_>, want: UsagePlan) -> Result<()> {
    let seen = ask!(check, "GetUsagePlan", check.aws.apigateway.get_usage_plan().usage_plan_id(&check.id.0))?;
    let throttle = seen.throttle();
    let (rate, burst) = (throttle.map(|t| t.rate_limit()), throttle.map(|t| t.burst_limit()));
    check.is(Access, "the plan's rate is limited", "rateLimit", rate, want.rate);
    check.is(Access, "the plan's burst is limited", "burstLimit", burst, want.burst);
    let has: Vec<String> =
        seen.api_stages().iter().filter_map(|s| Some(format!("{}:{}", s.api_id()?, s.stage()?))).collect();
    let expected: Vec<String> = want.stages.iter().map(|s| format!("{}:{}", s.rest_api_id, s.name)).collect();
    check.are(Access, "the plan is for this API's stage", "apiStages", &has, &expected);
    check.tags(&want.name, pairs(seen.tags()));
    Ok(())
}

pub(crate) async fn usage_plan_key(check: &CheckCx<'_>, _: UsagePlanKey) -> Result<()> {
    check.settled(Access, "the key is in the plan", "GetUsagePlanKey").await
}

pub(crate) async fn vpc_link(check: &CheckCx<'_>, want: VpcLink) -> Result<()> {
    let seen = ask!(check, "GetVpcLink", check.aws.apigateway.get_vpc_link().vpc_link_id(&check.id.0))?;
    check.is(Availability, "the link is available", "status", seen.status().map(|s| s.as_str()), "AVAILABLE");
    let targets = seen.target_arns().iter().map(String::as_str);
    check.are(Access, "the link leads to the load balancer", "targetArns", targets, [want.target_arn.as_str()]);
    check.tags(&want.name, pairs(seen.tags()));
    Ok(())
}
