//! The tasks services run. They are not kept: a service that runs two tasks has two.

use serde_json::{Value, json};

use super::{clusters, services};
use crate::context::{Context, Refusal};
use crate::mends::document::{last_part, text, texts};
use crate::wire::Ask;

fn of(context: &Context<'_>, cluster: &str) -> Vec<Value> {
    let mut tasks = Vec::new();
    for service in services::of(context, cluster) {
        let name = text(&service, "serviceName");
        for number in 0..services::running(context, &service) {
            tasks.push(json!({
                "taskArn": context.arn("ecs", &format!("task/{cluster}/{name}-{number}")),
                "clusterArn": service["clusterArn"],
                "taskDefinitionArn": service["taskDefinition"],
                "group": format!("service:{name}"),
                "lastStatus": "RUNNING",
                "desiredStatus": "RUNNING",
                "healthStatus": "UNKNOWN",
                "launchType": service["launchType"],
            }));
        }
    }
    tasks
}

pub(super) fn list(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let cluster = clusters::named_in(ask);
    clusters::active(context, &cluster)?;
    let service = format!("service:{}", last_part(ask.text("serviceName")));
    let arns: Vec<Value> = (of(context, &cluster).into_iter())
        .filter(|task| ask.json["serviceName"].is_null() || task["group"] == service)
        .filter(|_| ask.text("desiredStatus") != "STOPPED")
        .map(|task| task["taskArn"].clone())
        .collect();
    Ok(json!({ "taskArns": arns }))
}

pub(super) fn describe(context: &mut Context<'_>, ask: &Ask) -> Result<Value, Refusal> {
    let there = of(context, &clusters::named_in(ask));
    let (mut tasks, mut failures) = (Vec::new(), Vec::new());
    for name in texts(&ask.json, "tasks") {
        let known = there.iter().find(|task| last_part(text(task, "taskArn")) == last_part(name));
        match known {
            Some(task) => tasks.push(task.clone()),
            None => failures.push(json!({ "arn": name, "reason": "MISSING" })),
        }
    }
    Ok(json!({ "tasks": tasks, "failures": failures }))
}
