//! Starting the tasks of a deployment: as many as are missing, each with its planned times.

use serde_json::Value;

use super::rollout::{Deployment, LIFE, REFUSED, Rollout};
use super::tasks::{self, Stop, Task};
use super::{launch, providers};
use crate::context::Context;

/// Starts the missing tasks of the newest deployment; returns whether any was started.
pub(super) fn launch(context: &mut Context<'_>, key: &str, service: &Value, rollout: &mut Rollout) -> bool {
    let now = context.age();
    let Some(deployment) = rollout.deployments.first().cloned().filter(|one| !one.broken && one.not_before <= now)
    else {
        return false;
    };
    let arn = deployment.definition.as_str().unwrap_or_default();
    // A task whose failure is not counted yet still counts as present; it is replaced in the next round.
    let counts = |task: &Task| task.deployment == deployment.id && task.stop.as_ref().is_none_or(|stop| stop.unheard);
    let there = tasks::of(context, key).iter().filter(|(_, task)| counts(task)).count();
    let desired = usize::try_from(service["desiredCount"].as_u64().unwrap_or_default()).unwrap_or_default();
    if there >= desired {
        return false;
    }
    if let Some(why) = launch::refused(context, arn) {
        rollout.tell(key, now, &why);
        rollout.deployments[0].not_before = now + REFUSED;
        return false;
    }
    let mut started = Vec::new();
    for turn in there..desired {
        let mut task = planned(context, key, service, &deployment);
        task.provider = providers::of_turn(&service["capacityProviderStrategy"], turn);
        let id = tasks::place(context, task, &deployment.network, turn);
        started.push(format!("(task {id})"));
    }
    let what = format!("has started {} tasks: {}.", started.len(), started.join(" "));
    rollout.tell(key, deployment.not_before, &what);
    true
}

/// A task with its planned times: when it runs, and whether and when it fails.
fn planned(context: &Context<'_>, key: &str, service: &Value, deployment: &Deployment) -> Task {
    let (definition, created) = (deployment.definition.as_str().unwrap_or_default(), deployment.not_before);
    let mut task = Task::new(key, &deployment.id, definition, service["launchType"].clone(), created);
    let runs = created + deployment.start;
    let fails = |at: f64, code: &str, reason: String, exit| {
        let code = code.to_owned();
        Some(Stop { at, stopping: at, stopped: at, code, reason, exit, unheard: true })
    };
    if let Some(why) = launch::fails_first(context, definition) {
        task.stop = fails(created + deployment.start / 2.0, "TaskFailedToStart", why, None);
    } else {
        task.runs = Some(runs);
        if deployment.crashes {
            let life = if deployment.start > 0.0 { LIFE } else { 0.0 };
            let why = "Essential container in task exited".to_owned();
            task.stop = fails(runs + life, "EssentialContainerExited", why, Some(1));
        }
    }
    task
}
