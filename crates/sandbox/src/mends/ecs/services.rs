//! Services. <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html>

use serde_json::{Value, json};

use super::{clusters, definitions};
use crate::context::{Context, Refusal};
use crate::mends::document::{default, last_part, overlay, text, texts, without};
use crate::timing;
use crate::wire::Ask;

/// The kind services are kept under, by `cluster/service`.
pub(crate) const KIND: &str = "ecs:service";

/// The stage of a service whose tasks are being started.
const STARTING: &str = "STARTING";

fn not_found() -> Refusal {
    Refusal::new("ServiceNotFoundException", "Service not found.")
}

fn key(cluster: &str, service: &str) -> String {
    format!("{cluster}/{}", last_part(service))
}

/// The services of a cluster, also those that are inactive.
pub(super) fn of(context: &Context<'_>, cluster: &str) -> Vec<Value> {
    (context.documents(KIND).into_iter())
        .filter(|(key, _)| key.split('/').next() == Some(cluster))
        .map(|(_, service)| service)
        .collect()
}

fn stage(context: &Context<'_>, service: &Value) -> Option<String> {
    let cluster = last_part(text(service, "clusterArn"));
    context.stage(KIND, &key(cluster, text(service, "serviceName")))
}

/// The service's status at this moment.
pub(super) fn status(context: &Context<'_>, service: &Value) -> &'static str {
    match (text(service, "status"), stage(context, service).as_deref()) {
        ("ACTIVE", _) => "ACTIVE",
        (_, Some("DRAINING")) => "DRAINING",
        _ => "INACTIVE",
    }
}

/// How many of the service's tasks run at this moment.
pub(super) fn running(context: &Context<'_>, service: &Value) -> u64 {
    let starting = stage(context, service).as_deref() == Some(STARTING);
    if starting || status(context, service) != "ACTIVE" {
        return 0;
    }
    service["desiredCount"].as_u64().unwrap_or_default()
}

fn definition(context: &Context<'_>, name: &str) -> Result<Value, Refusal> {
    (definitions::find(context, name))
        .filter(|(_, kept)| kept["definition"]["status"] == "ACTIVE")
        .map(|(_, kept)| kept["definition"]["taskDefinitionArn"].clone())
        .ok_or_else(|| Refusal::new("ClientException", "TaskDefinition not found."))
}

pub(super) fn create(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let cluster = clusters::named_in(ask);
    let found = clusters::active(context, &cluster)?;
    let name = ask.text("serviceName");
    let key = key(&cluster, name);
    if let Some(there) = context.document(KIND, &key) {
        match status(context, &there) {
            "INACTIVE" => {}
            "DRAINING" => {
                let message = "Unable to Start a service that is still Draining.";
                return Err(Refusal::new("InvalidParameterException", message));
            }
            _ if !ask.json["clientToken"].is_null() && ask.json["clientToken"] == there["clientToken"] => {
                return Ok(json!({ "service": shown(context, there, true) }));
            }
            _ => {
                let message = "Creation of service was not idempotent.";
                return Err(Refusal::new("InvalidParameterException", message));
            }
        }
    }
    let mut service = without(&ask.json, &["cluster"]);
    overlay(
        &mut service,
        &json!({
            "serviceArn": context.arn("ecs", &format!("service/{key}")),
            "clusterArn": found["clusterArn"],
            "status": "ACTIVE",
            "taskDefinition": definition(context, ask.text("taskDefinition"))?,
        }),
    );
    fill_in(&mut service);
    start(context, &key, &service);
    Ok(json!({ "service": shown(context, service, true) }))
}

/// What AWS adds to what was asked.
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

fn start(context: &mut Context<'_>, key: &str, service: &Value) {
    context.remember_document(KIND, key, service.clone());
    context.begin(KIND, key, STARTING, context.draw(timing::steady("ecs_service")));
}

fn shown(context: &Context<'_>, mut service: Value, with_tags: bool) -> Value {
    let desired = service["desiredCount"].as_u64().unwrap_or_default();
    let (status, running) = (status(context, &service), running(context, &service));
    let steady = status == "ACTIVE" && running == desired;
    let pending = if status == "ACTIVE" { desired - running } else { 0 };
    let name = text(&service, "serviceName");
    let events = if steady {
        json!([{ "id": "steady", "message": format!("(service {name}) has reached a steady state.") }])
    } else {
        json!([])
    };
    let deployment = json!({
        "id": "ecs-svc/0000000000000000001",
        "status": "PRIMARY",
        "taskDefinition": service["taskDefinition"],
        "desiredCount": desired,
        "runningCount": running,
        "pendingCount": pending,
        "failedTasks": 0,
        "launchType": service["launchType"],
        "networkConfiguration": service["networkConfiguration"],
        "rolloutState": if steady { "COMPLETED" } else { "IN_PROGRESS" },
        "rolloutStateReason": if steady { "ECS deployment completed." } else { "ECS deployment in progress." },
    });
    let deployments = if status == "ACTIVE" { json!([deployment]) } else { json!([]) };
    overlay(
        &mut service,
        &json!({
            "status": status,
            "runningCount": running,
            "pendingCount": pending,
            "deployments": deployments,
            "events": events,
        }),
    );
    let hidden: &[&str] = if with_tags { &["clientToken"] } else { &["clientToken", "tags"] };
    without(&service, hidden)
}

pub(super) fn describe(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let cluster = clusters::named_in(ask);
    context.document(clusters::KIND, &cluster).ok_or_else(clusters::not_found)?;
    let with_tags = texts(&ask.json, "include").contains(&"TAGS");
    let (mut services, mut failures) = (Vec::new(), Vec::new());
    for name in texts(&ask.json, "services") {
        let key = key(&cluster, name);
        match context.document(KIND, &key) {
            Some(service) => services.push(shown(context, service, with_tags)),
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
        .filter(|service| status(context, service) != "INACTIVE")
        .map(|service| service["serviceArn"].clone())
        .collect();
    Ok(json!({ "serviceArns": arns }))
}

fn find(context: &Context<'_>, ask: &Ask) -> Result<(String, Value), Refusal> {
    let cluster = clusters::named_in(ask);
    clusters::active(context, &cluster)?;
    let key = key(&cluster, ask.text("service"));
    let service = context.document(KIND, &key).ok_or_else(not_found)?;
    Ok((key, service))
}

pub(super) fn update(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let (key, mut service) = find(context, ask)?;
    if status(context, &service) != "ACTIVE" {
        return Err(Refusal::new("ServiceNotActiveException", "Service was not ACTIVE."));
    }
    let changed = ["cluster", "service", "taskDefinition", "forceNewDeployment"];
    overlay(&mut service, &without(&ask.json, &changed));
    if !ask.text("taskDefinition").is_empty() {
        service["taskDefinition"] = definition(context, ask.text("taskDefinition"))?;
    }
    start(context, &key, &service);
    Ok(json!({ "service": shown(context, service, true) }))
}

/// AWS drains the service's tasks and then shows it as inactive for about an hour.
pub(super) fn delete(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let (key, mut service) = find(context, ask)?;
    if status(context, &service) == "INACTIVE" {
        return Err(not_found());
    }
    let above_zero = service["desiredCount"].as_u64().unwrap_or_default() > 0;
    if above_zero && ask.json["force"] != true && service["status"] == "ACTIVE" {
        let message = "The service cannot be stopped while it is scaled above 0.";
        return Err(Refusal::new("InvalidParameterException", message));
    }
    if service["status"] == "ACTIVE" {
        service["status"] = json!("INACTIVE");
        context.remember_document(KIND, &key, service.clone());
        context.begin(KIND, &key, "DRAINING", context.draw(timing::delete("ecs_service")));
    }
    let mut answer = shown(context, service, true);
    answer["status"] = json!("DRAINING");
    Ok(json!({ "service": answer }))
}
