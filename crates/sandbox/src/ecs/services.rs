//! Services. <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html>

use serde_json::{Value, json};

use super::rollout::{self, Rollout};
use super::{clusters, definitions, describe, tasks};
use crate::context::{Context, Refusal};
use crate::document::{default, last_part, overlay, texts, without};
use crate::wire::Ask;

/// Seconds for which an inactive service is shown. Assumption: about an hour.
const SHOWN: f64 = 3600.0;

/// The kind of services, by `cluster/service`.
pub(crate) const KIND: &str = "ecs:service";

fn not_found() -> Refusal {
    Refusal::new("ServiceNotFoundException", "Service not found.")
}

fn key(cluster: &str, service: &str) -> String {
    format!("{cluster}/{}", last_part(service))
}

/// The services of a cluster, including inactive ones.
pub(super) fn of(context: &Context<'_>, cluster: &str) -> Vec<(String, Value)> {
    let all = context.documents(KIND).into_iter();
    all.filter(|(key, _)| key.split('/').next() == Some(cluster)).collect()
}

/// The current status of a service: it is inactive once all its tasks are stopping.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html>
pub(super) fn status(context: &Context<'_>, key: &str, service: &Value) -> &'static str {
    let now = context.age();
    match service["status"].as_str() {
        Some("ACTIVE") => "ACTIVE",
        _ if tasks::of(context, key).iter().any(|(_, task)| !task.is_stopping(now)) => "DRAINING",
        _ => "INACTIVE",
    }
}

/// Whether an active or draining service uses that definition.
pub(super) fn any_of(context: &Context<'_>, definition: &Value) -> bool {
    let mut all = context.documents(KIND).into_iter();
    all.any(|(key, service)| service["taskDefinition"] == *definition && status(context, &key, &service) != "INACTIVE")
}

/// Whether an active service of that name exists and is visible to other services.
pub(crate) fn is_active(context: &Context<'_>, key: &str) -> bool {
    let known = context.document(KIND, key).is_some_and(|service| service["status"] == "ACTIVE");
    known && !context.is_lagging(KIND, key)
}

/// Whether deployments of the call's service are in progress.
pub(crate) fn is_deploying(context: &Context<'_>, ask: &Ask) -> bool {
    let service = find(context, ask).ok().filter(|(_, service)| service["status"] == "ACTIVE");
    service.is_some_and(|(_, service)| Rollout::of(&service).goes_on())
}

/// The ARN of the active definition a call names; the laws have checked that it exists.
fn definition(context: &Context<'_>, name: &str) -> Value {
    definitions::find(context, name).map_or(Value::Null, |(_, kept)| kept["definition"]["taskDefinitionArn"].clone())
}

/// The answer to CreateService if an existing service of that name decides it.
///
/// A repeated call is answered with the existing service; ECS recognises it by its token and its content.
fn there(context: &Context<'_>, key: &str, ask: &Ask) -> Option<Result<Value, Refusal>> {
    let there = context.document(KIND, key)?;
    match status(context, key, &there) {
        "INACTIVE" => None,
        "DRAINING" => {
            let message = "Unable to Start a service that is still Draining.";
            Some(Err(Refusal::new("InvalidParameterException", message)))
        }
        _ if there["request"] == ask.json => {
            Some(Ok(json!({ "service": describe::service(context, key, there, true) })))
        }
        _ => {
            let message = "Creation of service was not idempotent.";
            Some(Err(Refusal::new("InvalidParameterException", message)))
        }
    }
}

pub(super) fn create(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let cluster = clusters::named_in(ask);
    let found = clusters::active(context, &cluster)?;
    let key = key(&cluster, ask.text("serviceName"));
    if let Some(decided) = there(context, &key, ask) {
        return decided;
    }
    let mut service = without(&ask.json, &["cluster", "clientToken"]);
    overlay(
        &mut service,
        &json!({
            "serviceArn": context.arn("ecs", &format!("service/{key}")),
            "clusterArn": found["clusterArn"],
            "status": "ACTIVE",
            "taskDefinition": definition(context, ask.text("taskDefinition")),
            "createdAt": context.age(),
            "request": ask.json,
        }),
    );
    fill_in(&mut service);
    let mut rollout = Rollout::default();
    rollout::deploy(context, &service, &mut rollout);
    rollout.keep(context, &key, &mut service);
    context.lags(KIND, &key, "ecs_service");
    rollout::advance_all(context);
    Ok(json!({ "service": describe::service(context, &key, service, true) }))
}

/// Adds AWS's defaults.
fn fill_in(service: &mut Value) {
    default(service, "desiredCount", json!(0));
    default(service, "schedulingStrategy", json!("REPLICA"));
    default(service, "loadBalancers", json!([]));
    default(service, "serviceRegistries", json!([]));
    default(service, "deploymentController", json!({ "type": "ECS" }));
    default(service, "propagateTags", json!("NONE"));
    default(service, "enableECSManagedTags", json!(false));
    default(service, "enableExecuteCommand", json!(false));
    default(service, "platformVersion", json!("LATEST"));
    default(service, "platformFamily", json!("Linux"));
    default(service, "deploymentConfiguration", json!({}));
    let configuration = &mut service["deploymentConfiguration"];
    default(configuration, "maximumPercent", json!(200));
    default(configuration, "minimumHealthyPercent", json!(100));
}

pub(super) fn describe(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let cluster = clusters::named_in(ask);
    context.document(clusters::KIND, &cluster).ok_or_else(clusters::not_found)?;
    let with_tags = texts(&ask.json, "include").contains(&"TAGS");
    let (mut services, mut failures) = (Vec::new(), Vec::new());
    for name in texts(&ask.json, "services") {
        let key = key(&cluster, name);
        match context.document(KIND, &key).filter(|_| !context.is_lagging(KIND, &key)) {
            Some(service) => services.push(describe::service(context, &key, service, with_tags)),
            None => failures.push(json!({
                "arn": context.arn("ecs", &format!("service/{key}")),
                "reason": "MISSING",
            })),
        }
    }
    Ok(json!({ "services": services, "failures": failures }))
}

pub(super) fn list(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let cluster = clusters::named_in(ask);
    clusters::active(context, &cluster)?;
    let arns: Vec<Value> = (of(context, &cluster).into_iter())
        .filter(|(key, service)| status(context, key, service) != "INACTIVE" && !context.is_lagging(KIND, key))
        .map(|(_, service)| service["serviceArn"].clone())
        .collect();
    Ok(json!({ "serviceArns": arns }))
}

fn find(context: &Context<'_>, ask: &Ask) -> Result<(String, Value), Refusal> {
    let cluster = clusters::named_in(ask);
    clusters::active(context, &cluster)?;
    let key = key(&cluster, ask.text("service"));
    let service = context.document(KIND, &key).filter(|_| !context.is_lagging(KIND, &key)).ok_or_else(not_found)?;
    Ok((key, service))
}

pub(super) fn update(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let (key, mut service) = find(context, ask)?;
    if status(context, &key, &service) != "ACTIVE" {
        return Err(Refusal::new("ServiceNotActiveException", "Service was not ACTIVE."));
    }
    let before = service.clone();
    overlay(&mut service, &without(&ask.json, &["cluster", "service", "taskDefinition", "forceNewDeployment"]));
    if !ask.text("taskDefinition").is_empty() {
        service["taskDefinition"] = definition(context, ask.text("taskDefinition"));
    }
    // Launch type and strategy exclude each other; an empty strategy restores the launch type.
    match ask.json["capacityProviderStrategy"].as_array() {
        Some(shares) if shares.is_empty() => service["launchType"] = json!("FARGATE"),
        Some(_) => service["launchType"] = Value::Null,
        None => {}
    }
    let mut rollout = Rollout::of(&service);
    let rolls = ["taskDefinition", "networkConfiguration", "loadBalancers", "platformVersion"];
    if ask.json["forceNewDeployment"] == true || rolls.iter().any(|field| service[field] != before[field]) {
        rollout::deploy(context, &service, &mut rollout);
    } else if service["desiredCount"] != before["desiredCount"] {
        rollout::resize(context, &key, &service, &mut rollout);
    }
    rollout.keep(context, &key, &mut service);
    rollout::advance_all(context);
    let service = context.document(KIND, &key).unwrap_or(service);
    Ok(json!({ "service": describe::service(context, &key, service, true) }))
}

/// AWS drains the service's tasks and then shows it as inactive for a while.
pub(super) fn delete(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let (key, mut service) = find(context, ask)?;
    if status(context, &key, &service) == "INACTIVE" {
        return Err(not_found());
    }
    let above_zero = service["desiredCount"].as_u64().unwrap_or_default() > 0;
    if above_zero && ask.json["force"] != true && service["status"] == "ACTIVE" {
        let message = "The service cannot be stopped while it is scaled above 0.";
        return Err(Refusal::new("InvalidParameterException", message));
    }
    if service["status"] == "ACTIVE" {
        let (drain, mut rollout) = (rollout::drain(context, &service), Rollout::of(&service));
        for (id, _) in tasks::of(context, &key) {
            tasks::stop(context, &id, drain, "ServiceSchedulerInitiated", "Service was deleted");
        }
        service["status"] = json!("INACTIVE");
        service["desiredCount"] = json!(0);
        rollout.dismissed = Some(context.age());
        rollout.keep(context, &key, &mut service);
    }
    let mut answer = describe::service(context, &key, service, true);
    answer["status"] = json!("DRAINING");
    Ok(json!({ "service": answer }))
}

/// Removes a service that has long been inactive.
pub(super) fn forget_old(context: &mut Context<'_>, key: &str, service: &Value) {
    let long_gone = Rollout::of(service).dismissed.is_some_and(|at| at + SHOWN < context.age());
    if long_gone && status(context, key, service) == "INACTIVE" {
        context.forget_document(KIND, key);
    }
}
