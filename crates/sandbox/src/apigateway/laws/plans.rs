//! API keys, and the usage plans with the stages they give access to.

use serde_json::Value;

use super::{bad, before};
use crate::apigateway::{PLAN, STAGE, stages_of_plan};
use crate::context::Context;
use crate::document::text;
use crate::law::{Basis, Law};
use crate::wire::{Ask, Verdict};

const KEY: &str = "https://docs.aws.amazon.com/apigateway/latest/api/API_CreateApiKey.html";
const MEMBER: &str = "https://docs.aws.amazon.com/apigateway/latest/api/API_CreateUsagePlanKey.html";
const UPDATE: &str = "https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateUsagePlan.html";
/// The length of an API key's value.
const VALUE: std::ops::RangeInclusive<usize> = 20..=128;

pub(super) fn laws() -> Vec<Law> {
    let documented = |name, says, source| Law::documented_only(name, says, Basis::Documented, source);
    vec![
        Law::reported(
            "apigateway/plan-with-stages",
            "a usage plan that opens a stage cannot be deleted",
            "serverless/serverless#4006, aws/aws-sdk-js#3841",
            before("DeleteUsagePlan", with_stages),
        ),
        Law::reported(
            "apigateway/plan-of-unknown-stage",
            "a usage plan cannot be made for a stage that there is not",
            "aws/aws-sdk#354",
            before("CreateUsagePlan", of_unknown_stage),
        ),
        Law::documented(
            "apigateway/plan-gets-unknown-stage",
            "a usage plan cannot be given a stage that there is not, or that it has",
            UPDATE,
            before("UpdateUsagePlan", gets_stage),
        ),
        Law::reported(
            "apigateway/plan-loses-unknown-stage",
            "a stage that a usage plan does not open cannot be taken out of it",
            "boto/boto3#2629",
            before("UpdateUsagePlan", loses_stage),
        ),
        Law::documented(
            "apigateway/key-value",
            "the value of an API key has 20 to 128 characters",
            "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html",
            before("CreateApiKey", value),
        ),
        documented("apigateway/key-value-taken", "two API keys of an account cannot have one value", KEY),
        documented("apigateway/unknown-member", "a key, or a usage plan, that there is not cannot be joined", MEMBER),
        documented("apigateway/member-twice", "a key is in a usage plan once", MEMBER),
        documented(
            "apigateway/key-leaves-plans",
            "an API key that is deleted is no longer in any usage plan",
            "https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteApiKey.html",
        ),
    ]
}

fn with_stages(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let id = ask.segment_after("usageplans");
    let stages = context.document(PLAN, id).map(|plan| stages_of_plan(&plan)).unwrap_or_default();
    match stages.first() {
        None => Verdict::Pass,
        Some(stage) => bad(format!(
            "Cannot delete Usage Plan {id} because there are API Stages associated with it, including {}",
            stage.replacen('/', ":", 1)
        )),
    }
}

fn unknown(stage: &str, plan: &str) -> Verdict {
    let (api, stage) = stage.split_once('/').unwrap_or_default();
    bad(format!("Invalid API Stage {{api: {api}, stage: {stage}}} specified for usageplan {plan}"))
}

fn of_unknown_stage(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let stages = stages_of_plan(&ask.json);
    match stages.iter().find(|stage| context.document(STAGE, stage).is_none()) {
        None => Verdict::Pass,
        Some(stage) => unknown(stage, ask.text("name")),
    }
}

/// The stages that an update adds or removes, as `{api}/{stage}`.
fn patched(ask: &Ask, op: &str) -> Vec<String> {
    let is_asked = |patch: &&Value| text(patch, "path") == "/apiStages" && text(patch, "op") == op;
    let patches = ask.json["patchOperations"].as_array().into_iter().flatten().filter(is_asked);
    patches.map(|patch| text(patch, "value").replacen(':', "/", 1)).collect()
}

fn had(context: &Context<'_>, ask: &Ask) -> Vec<String> {
    let plan = context.document(PLAN, ask.segment_after("usageplans"));
    plan.map(|plan| stages_of_plan(&plan)).unwrap_or_default()
}

fn gets_stage(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let had = had(context, ask);
    let fine = |stage: &String| context.document(STAGE, stage).is_some() && !had.contains(stage);
    match patched(ask, "add").iter().find(|stage| !fine(stage)) {
        None => Verdict::Pass,
        Some(stage) => unknown(stage, ask.segment_after("usageplans")),
    }
}

fn loses_stage(context: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let had = had(context, ask);
    match patched(ask, "remove").iter().all(|stage| had.contains(stage)) {
        true => Verdict::Pass,
        false => bad("Invalid API Stage specified"),
    }
}

fn value(_: &mut Context<'_>, ask: &mut Ask) -> Verdict {
    let length = ask.text("value").chars().count();
    match length == 0 || VALUE.contains(&length) {
        true => Verdict::Pass,
        false => bad("API Key value should be between 20 and 128 characters"),
    }
}
