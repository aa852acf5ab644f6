//! A service as ECS shows it.
//! <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html>

use serde_json::{Value, json};

use super::rollout::{Deployment, Event, Rollout};
use super::services;
use super::tasks::{self, Task};
use crate::context::Context;
use crate::document::{overlay, without};

/// Fields that are stored with a service and that AWS does not show.
const OURS: &[&str] = &["rollout", "request"];

fn count(tasks: &[(String, Task)], is: impl Fn(&Task) -> bool) -> usize {
    tasks.iter().filter(|(_, task)| is(task)).count()
}

fn deployment(one: &Deployment, primary: bool, service: &Value, tasks: &[(String, Task)], now: f64) -> Value {
    let own = |is: &dyn Fn(&Task) -> bool| count(tasks, |task| task.deployment == one.id && is(task));
    let (state, reason) = match one {
        Deployment { broken: true, .. } => ("FAILED", "ECS deployment circuit breaker: tasks failed to start."),
        Deployment { completed: true, .. } => ("COMPLETED", "ECS deployment completed."),
        _ => ("IN_PROGRESS", "ECS deployment in progress."),
    };
    json!({
        "id": one.id,
        "status": if primary { "PRIMARY" } else { "ACTIVE" },
        "taskDefinition": one.definition,
        "desiredCount": if primary { service["desiredCount"].clone() } else { json!(0) },
        "runningCount": own(&|task| task.is_running(now)),
        "pendingCount": own(&|task| task.is_wanted(now) && !task.is_running(now)),
        "failedTasks": one.failed,
        "createdAt": one.began,
        "launchType": service["launchType"],
        "networkConfiguration": one.network,
        "rolloutState": state,
        "rolloutStateReason": reason,
    })
}

fn event(number: usize, event: &Event) -> Value {
    json!({ "id": format!("event-{number}"), "createdAt": event.at, "message": event.message })
}

pub(super) fn service(context: &Context<'_>, key: &str, mut service: Value, with_tags: bool) -> Value {
    let (now, status) = (context.age(), services::status(context, key, &service));
    let (rollout, tasks) = (Rollout::of(&service), tasks::of(context, key));
    let deployments: Vec<Value> = (rollout.deployments.iter().enumerate())
        .filter(|_| status == "ACTIVE")
        .map(|(at, one)| deployment(one, at == 0, &service, &tasks, now))
        .collect();
    let events: Vec<Value> = rollout.events.iter().enumerate().map(|(number, one)| event(number, one)).collect();
    overlay(
        &mut service,
        &json!({
            "status": status,
            "runningCount": count(&tasks, |task| task.is_running(now)),
            "pendingCount": count(&tasks, |task| task.is_wanted(now) && !task.is_running(now)),
            "deployments": deployments,
            "events": events,
        }),
    );
    let hidden: &[&str] = if with_tags { &[] } else { &["tags"] };
    without(&without(&service, OURS), hidden)
}
