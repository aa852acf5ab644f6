//! API Gateway, without a backend: winterbaume's creates no routes from an OpenAPI document, drops throttling settings in
//! patch operations, and keeps no tags. The parts of a REST API are kept here, as JSON documents in AWS's own form.
//!
//! Documents are kept under `apigateway:{collection}`, by id; those inside an API by `{api}/{id}`.

mod apis;
mod execute;
mod keys;
mod laws;
mod links;
mod logging;
mod openapi;
mod patch;
mod plans;
mod routes;
mod stages;
mod tags;

use serde_json::{Value, json};

use crate::budgets::TokenBucket;
use crate::context::{Context, Refusal};
use crate::faults::FaultCodes;
use crate::log::Id;
use crate::service::{Hosted, Rules, Service};
use crate::wire::{Ask, Verdict, WireRule};

pub(crate) use apis::API;
pub(crate) use plans::{PLAN, stages as stages_of_plan};
pub(crate) use routes::{dead_link, users_of_link};
pub(crate) use stages::STAGE;

/// All collections kept here.
const KINDS: &[&str] = &[
    apis::API,
    apis::RESOURCES,
    keys::KIND,
    links::KIND,
    plans::PLAN,
    plans::MEMBER,
    stages::DEPLOYED,
    stages::DEPLOYMENT,
    stages::STAGE,
    ACCOUNT,
];

const ACCOUNT: &str = "apigateway:account";

type Operation = fn(&mut Context<'_>, &Ask) -> Result<Value, Refusal>;

pub(crate) static API_GATEWAY: Service = Service {
    laws: laws::laws,
    model: Rules::wire(rules),
    creates: &[
        ("CreateVpcLink", Id::Answer("id")),
        ("CreateRestApi", Id::Answer("id")),
        ("CreateDeployment", Id::Answer("id")),
        ("CreateStage", Id::Request(&["rest_api_id", "stage_name"])),
        ("CreateApiKey", Id::Answer("id")),
        ("CreateUsagePlan", Id::Answer("id")),
        ("CreateUsagePlanKey", Id::Request(&["usage_plan_id", "key_id"])),
    ],
    budget,
    // https://docs.aws.amazon.com/apigateway/latest/api/API_CreateRestApi.html
    codes: FaultCodes { throttled: ("TooManyRequestsException", "Rate exceeded", 429), ..FaultCodes::JSON },
    unfound: |_| Some(("NotFoundException", 404)),
    kept: KINDS,
    hosted: Some(Hosted { region: execute::region, answer: execute::answer }),
    ..Service::new("API Gateway", "apigateway")
};

/// All actions share a bucket, and some have one of their own.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html>
fn budget(operation: &str) -> Vec<TokenBucket> {
    let own = match operation {
        "CreateDeployment" => Some((1.0, 1.0 / 5.0)),
        "CreateResource" | "DeleteResource" | "CreateApiKey" => Some((5.0, 5.0)),
        "PutRestApi" => Some((1.0, 1.0)),
        "UpdateUsagePlan" => Some((1.0, 1.0 / 20.0)),
        "GetResources" => Some((5.0, 2.5)),
        "CreateRestApi" | "ImportRestApi" => Some((1.0, 1.0 / 3.0)),
        "DeleteRestApi" => Some((1.0, 1.0 / 30.0)),
        _ => None,
    };
    let own = own.map(|(burst, per_second)| TokenBucket::new(operation, burst, per_second));
    [TokenBucket::new("", 40.0, 10.0)].into_iter().chain(own).collect()
}

/// Wraps an operation that is answered here into a wire rule.
macro_rules! answered_here {
    ($($operation:literal => $function:path),+ $(,)?) => {
        vec![$(WireRule::before("API Gateway", $operation, |context, ask| {
            let operation: Operation = $function;
            Verdict::from(operation(context, ask))
        })),+]
    };
}

fn rules() -> Vec<WireRule> {
    let mut rules = logging::rules();
    rules.extend(answered_here![
        "CreateRestApi" => apis::create,
        "PutRestApi" => apis::put,
        "GetRestApi" => apis::get,
        "GetRestApis" => apis::list,
        "UpdateRestApi" => apis::update,
        "DeleteRestApi" => apis::delete,
        "GetResources" => apis::resources,
        "GetResource" => apis::resource,
        "GetMethod" => apis::method,
        "GetIntegration" => apis::integration,
        "CreateDeployment" => stages::deploy,
        "GetDeployment" => stages::get_deployment,
        "GetDeployments" => stages::list_deployments,
        "DeleteDeployment" => stages::delete_deployment,
        "CreateStage" => stages::create,
        "GetStage" => stages::get,
        "GetStages" => stages::list,
        "UpdateStage" => stages::update,
        "DeleteStage" => stages::delete,
        "CreateVpcLink" => links::create,
        "GetVpcLink" => links::get,
        "GetVpcLinks" => links::list,
        "UpdateVpcLink" => links::update,
        "DeleteVpcLink" => links::delete,
        "CreateApiKey" => keys::create,
        "GetApiKey" => keys::get,
        "GetApiKeys" => keys::list,
        "UpdateApiKey" => keys::update,
        "DeleteApiKey" => keys::delete,
        "CreateUsagePlan" => plans::create,
        "GetUsagePlan" => plans::get,
        "GetUsagePlans" => plans::list,
        "UpdateUsagePlan" => plans::update,
        "DeleteUsagePlan" => plans::delete,
        "CreateUsagePlanKey" => plans::add_key,
        "GetUsagePlanKey" => plans::get_key,
        "GetUsagePlanKeys" => plans::list_keys,
        "DeleteUsagePlanKey" => plans::remove_key,
        "GetAccount" => account,
        "UpdateAccount" => update_account,
        "GetTags" => tags::get,
        "TagResource" => tags::tag,
        "UntagResource" => tags::untag,
    ]);
    rules
}

fn not_found(what: &str) -> Refusal {
    Refusal::new("NotFoundException", format!("Invalid {what} identifier specified"))
}

/// A new id, as short as API Gateway's.
fn new_id(context: &mut Context<'_>, kind: &str) -> String {
    let letter = kind.rsplit(':').next().and_then(|name| name.chars().next()).unwrap_or('x');
    format!("{letter}{:09x}", context.next_number(kind))
}

fn find(context: &Context<'_>, kind: &str, id: &str, what: &str) -> Result<Value, Refusal> {
    context.document(kind, id).ok_or_else(|| not_found(what))
}

/// The items of a list answer; an empty list if there are none.
fn items(found: impl IntoIterator<Item = Value>) -> Value {
    json!({ "item": found.into_iter().collect::<Vec<_>>() })
}

/// The role with which API Gateway writes logs, if the account has one.
pub(crate) fn logging_role(context: &Context<'_>) -> Option<String> {
    context.document(ACCOUNT, "account")?["cloudwatchRoleArn"].as_str().map(str::to_owned)
}

fn account(context: &mut Context<'_>, _: &Ask) -> Result<Value, Refusal> {
    let throttle = json!({ "burstLimit": 5000, "rateLimit": 10000.0 });
    let kept = context.document(ACCOUNT, "account").unwrap_or_else(|| json!({}));
    let role = kept["cloudwatchRoleArn"].clone();
    Ok(json!({ "throttleSettings": throttle, "cloudwatchRoleArn": role }))
}

fn update_account(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let mut kept = context.document(ACCOUNT, "account").unwrap_or_else(|| json!({}));
    patch::apply(&mut kept, ask);
    match kept["cloudwatchRoleArn"].as_str() {
        None | Some("") => context.forget_document(ACCOUNT, "account"),
        Some(_) => context.remember_document(ACCOUNT, "account", kept),
    }
    account(context, ask)
}
