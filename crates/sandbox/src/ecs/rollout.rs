//! The rollout of a service: deployments start tasks, tasks run, fail or become healthy, and the tasks of earlier
//! deployments stop.
//!
//! There is no background work: each call first applies everything that was due before it.
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html>

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::services::{self, KIND};
use super::tasks::{self, Task};
use super::{definitions, insights, runs, starts};
use crate::conditions::Incident;
use crate::context::Context;
use crate::document::text;
use crate::elbv2;
use crate::timing;

/// Seconds for which a crashing task runs.
pub(super) const LIFE: f64 = 10.0;
/// Seconds until ECS retries after a failed task, and after a refused launch. pulumi/pulumi-awsx#927
const AGAIN: f64 = 5.0;
pub(super) const REFUSED: f64 = 30.0;
/// The number of events that ECS shows.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages.html>
const EVENTS: usize = 100;
/// The maximum number of steps applied by one call; the next call continues.
const ROUNDS: usize = 200;

/// A service event.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Event {
    pub(super) at: f64,
    pub(super) message: String,
}

/// A deployment of a service.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Deployment {
    pub(super) id: String,
    pub(super) definition: Value,
    pub(super) network: Value,
    pub(super) began: f64,
    pub(super) failed: u64,
    /// Whether its tasks crash.
    pub(super) crashes: bool,
    /// Whether its circuit breaker has tripped.
    pub(super) broken: bool,
    /// Whether it has reached a steady state.
    pub(super) completed: bool,
    /// Seconds from a task's start until it runs, and from then until it counts as healthy.
    pub(super) start: f64,
    check: f64,
    /// The time before which no task is started.
    pub(super) not_before: f64,
    /// The time before which targets were not checked, because the load balancer was not active.
    unchecked: f64,
}

/// The state of a service beside the fields AWS shows.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Rollout {
    /// The deployments, newest first; the first is the primary deployment.
    pub(super) deployments: Vec<Deployment>,
    /// The events, newest first.
    pub(super) events: Vec<Event>,
    pub(super) steady: bool,
    /// When its deletion was requested.
    pub(super) dismissed: Option<f64>,
}

impl Rollout {
    pub(super) fn of(service: &Value) -> Self {
        serde_json::from_value(service["rollout"].clone()).unwrap_or_default()
    }

    /// Whether a deployment is neither complete nor failed, or an earlier deployment still exists.
    pub(super) fn goes_on(&self) -> bool {
        self.deployments.len() > 1 || self.deployments.iter().any(|one| !one.completed && !one.broken)
    }

    /// Stores it with its service.
    pub(super) fn keep(self, context: &mut Context<'_>, key: &str, service: &mut Value) {
        service["rollout"] = serde_json::to_value(self).unwrap_or_default();
        context.remember_document(KIND, key, service.clone());
    }

    pub(super) fn tell(&mut self, key: &str, at: f64, what: &str) {
        let name = key.rsplit('/').next().unwrap_or_default();
        let message = format!("(service {name}) {what}");
        // ECS repeats a lasting event at intervals; here it is recorded once, which suffices for readers of the newest.
        if self.events.first().is_none_or(|event| event.message != message) {
            self.events.insert(0, Event { at, message });
            self.events.truncate(EVENTS);
        }
    }
}

/// The target groups in which a service's tasks are registered.
pub(super) fn targets(service: &Value) -> Vec<&str> {
    let balancers = service["loadBalancers"].as_array().into_iter().flatten();
    balancers.map(|one| text(one, "targetGroupArn")).collect()
}

/// Starts a deployment of the service in its current settings.
pub(super) fn deploy(context: &mut Context<'_>, service: &Value, rollout: &mut Rollout) {
    let steady = context.takes(timing::steady("ecs_service"));
    // A target becomes healthy by its checks. Without checks, a deployment is still not complete as soon as its tasks
    // run: a task that crashes shortly after counts as failed. Assumption: this takes as long as the checks would.
    // <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html>
    let start = steady * 0.6;
    let number = context.next_number("ecs deployment");
    let deployment = Deployment {
        id: format!("ecs-svc/{number:019}"),
        definition: service["taskDefinition"].clone(),
        network: service["networkConfiguration"].clone(),
        began: context.age(),
        failed: 0,
        crashes: context.goes_wrong(Incident::TasksCrash),
        broken: false,
        completed: false,
        start,
        check: steady - start,
        not_before: context.age(),
        unchecked: context.age(),
    };
    rollout.deployments.insert(0, deployment);
    rollout.steady = false;
}

/// Seconds for which a stopping task still serves open connections: at least the deregistration delay of its target
/// groups and a margin.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-connection-draining.html>
pub(super) fn drain(context: &Context<'_>, service: &Value) -> f64 {
    let delays = targets(service).into_iter().filter_map(|arn| elbv2::deregistration_delay(context, arn));
    let delay = delays.fold(0.0, f64::max);
    let drawn = context.takes(timing::delete("ecs_service"));
    if drawn > 0.0 { drawn.max(delay + 15.0) } else { 0.0 }
}

/// Applies everything that was due until now.
pub(super) fn advance_all(context: &mut Context<'_>) {
    for (key, mut service) in context.documents(KIND) {
        if service["status"] == "ACTIVE" {
            advance(context, &key, &mut service);
        }
        services::forget_old(context, &key, &service);
    }
    runs::advance(context);
    tasks::forget_old(context);
    definitions::forget_old(context);
}

fn advance(context: &mut Context<'_>, key: &str, service: &mut Value) {
    let mut rollout = Rollout::of(service);
    for _ in 0..ROUNDS {
        hear_of_failures(context, key, service, &mut rollout);
        let launched = starts::launch(context, key, service, &mut rollout);
        // On the instant clock, crashing tasks would be replaced endlessly within one call.
        if !launched || context.clock == crate::Clock::Instant {
            break;
        }
    }
    check_targets(context, key, service, &mut rollout);
    settle(context, key, service, &mut rollout);
    rollout.keep(context, key, service);
    insights::appear(context, key.split('/').next().unwrap_or_default());
}

/// Whether a deployment has failed: its circuit breaker is on and enough of its tasks failed.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeploymentCircuitBreaker.html>
fn breaks(service: &Value, deployment: &Deployment) -> bool {
    let on = service.pointer("/deploymentConfiguration/deploymentCircuitBreaker/enable") == Some(&Value::Bool(true));
    let least = service["desiredCount"].as_u64().unwrap_or_default().div_ceil(2);
    on && !deployment.completed && deployment.failed >= least.clamp(3, 200)
}

fn hear_of_failures(context: &mut Context<'_>, key: &str, service: &Value, rollout: &mut Rollout) {
    let now = context.age();
    for (id, task) in tasks::of(context, key) {
        let Some(stop) = task.stop.clone().filter(|stop| stop.unheard && stop.at <= now) else {
            continue;
        };
        tasks::end(context, &id, task.clone());
        let Some(deployment) = rollout.deployments.iter_mut().find(|one| one.id == task.deployment) else {
            continue;
        };
        deployment.failed += 1;
        deployment.not_before = stop.at + if deployment.start > 0.0 { AGAIN } else { 0.0 };
        rollout.steady = false;
        if !deployment.broken && breaks(service, deployment) {
            deployment.broken = true;
            let what = format!("(deployment {}) deployment failed: tasks failed to start.", deployment.id);
            rollout.tell(key, stop.at, &what);
        }
    }
}

/// Targets are checked while their load balancer is active, and become healthy after some checks.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html>
fn check_targets(context: &mut Context<'_>, key: &str, service: &Value, rollout: &mut Rollout) {
    let now = context.age();
    let checked = targets(service).into_iter().all(|arn| elbv2::is_checked(context, arn));
    for deployment in &mut rollout.deployments {
        if !checked {
            deployment.unchecked = now;
            continue;
        }
        for (id, mut task) in tasks::of(context, key) {
            if let (true, None, Some(runs)) = (task.deployment == deployment.id, task.healthy, task.runs)
                && runs <= now
            {
                task.healthy = Some(runs.max(deployment.unchecked) + deployment.check);
                context.remember(&id, &task);
            }
        }
    }
}

/// Earlier tasks stop when the newest deployment runs its desired tasks; when they have stopped, the service is steady.
fn settle(context: &mut Context<'_>, key: &str, service: &Value, rollout: &mut Rollout) {
    let now = context.age();
    let Some(primary) = rollout.deployments.first().cloned().filter(|one| !one.broken) else {
        return;
    };
    let all = tasks::of(context, key);
    let (own, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, task)| task.deployment == primary.id);
    let healthy = |task: &Task| task.is_running(now) && task.healthy.is_some_and(|at| at <= now);
    let desired = service["desiredCount"].as_u64().unwrap_or_default();
    let running = u64::try_from(own.iter().filter(|(_, task)| healthy(task)).count()).unwrap_or_default();
    if running < desired {
        return;
    }
    let drain = drain(context, service);
    let reason = format!("Scaling activity initiated by (deployment {})", primary.id);
    for (id, task) in &others {
        if task.is_wanted(now) {
            tasks::stop(context, id, drain, "ServiceSchedulerInitiated", &reason);
        }
    }
    let gone = tasks::of(context, key).iter().all(|(_, task)| task.deployment == primary.id || task.is_stopping(now));
    if gone && running == desired && !rollout.steady {
        rollout.steady = true;
        rollout.deployments.truncate(1);
        rollout.deployments[0].completed = true;
        rollout.tell(key, now, "has reached a steady state.");
    }
}

/// Starts or stops tasks to reach the current desired count.
pub(super) fn resize(context: &mut Context<'_>, key: &str, service: &Value, rollout: &mut Rollout) {
    if let Some(primary) = rollout.deployments.first_mut() {
        primary.not_before = context.age();
    }
    rollout.steady = false;
    let (now, drain) = (context.age(), drain(context, service));
    let desired = usize::try_from(service["desiredCount"].as_u64().unwrap_or_default()).unwrap_or_default();
    let requested = tasks::of(context, key).into_iter().filter(|(_, task)| task.is_wanted(now));
    for (id, _) in requested.skip(desired) {
        let reason = "Scaling activity initiated by the service's desired count";
        tasks::stop(context, &id, drain, "ServiceSchedulerInitiated", reason);
    }
}
