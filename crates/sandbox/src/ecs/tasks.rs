//! Tasks: each has its times from the start, and its state follows from them.
//!
//! A task makes no decisions; `rollout` starts and stops those of services, `runs` the others.
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html>

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{definitions, services};
use crate::context::Context;
use crate::cross_service::interfaces;
use crate::document::{last_part, text, texts, without};
use crate::ec2::task_placed;
use crate::store::Fact;
use crate::timing::Range;

/// Seconds from the stop of the containers until the task is `STOPPED`. Assumption: no numbers are published.
const STOPPING: Range = Range::between(3.0, 8.0, 45.0);
/// Seconds from `STOPPED` until the task's network interface is deleted. Assumption, after
/// hashicorp/terraform-provider-aws#3414, where the interface holds its security group for a while.
const RELEASE: Range = Range::between(2.0, 8.0, 60.0);
/// The exit code of a process terminated by SIGTERM.
const TERMINATED: i64 = 143;
/// Seconds for which ECS shows stopped tasks: an hour.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html>
const REMEMBERED: f64 = 3600.0;

/// The reason and the times of a task's stop.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Stop {
    /// When it stops taking work.
    pub(super) at: f64,
    /// When its containers are stopped.
    pub(super) stopping: f64,
    /// When the task is `STOPPED`.
    pub(super) stopped: f64,
    pub(super) code: String,
    pub(super) reason: String,
    pub(super) exit: Option<i64>,
    /// Whether it fails by itself and its deployment has not counted the failure yet.
    pub(super) unheard: bool,
}

/// A task, kept by its id. Times are ages of the state in seconds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Task {
    pub(super) cluster: String,
    /// `cluster/service`; empty for a task without a service.
    pub(super) service: String,
    /// The originator: a service's deployment, or the `startedBy` of RunTask.
    pub(super) deployment: String,
    pub(super) definition: String,
    launch: Value,
    /// The capacity provider it runs on, if a strategy was given.
    #[serde(default)]
    pub(super) provider: Option<String>,
    /// The RunTask call that started it, if any.
    #[serde(default)]
    pub(super) request: Value,
    interface: String,
    pub(super) created: f64,
    /// When its containers run; `None` if it fails before.
    pub(super) runs: Option<f64>,
    /// When its target is healthy, as far as known.
    pub(super) healthy: Option<f64>,
    pub(super) stop: Option<Stop>,
}

impl Fact for Task {
    const KIND: &'static str = "ecs:task";
}

impl Task {
    pub(super) fn new(key: &str, deployment: &str, definition: &str, launch: Value, created: f64) -> Self {
        Self {
            cluster: key.split('/').next().unwrap_or_default().to_owned(),
            service: key.to_owned(),
            deployment: deployment.to_owned(),
            definition: definition.to_owned(),
            launch,
            provider: None,
            request: Value::Null,
            interface: String::new(),
            created,
            runs: None,
            healthy: None,
            stop: None,
        }
    }

    /// Whether its stop was not requested and it has not failed.
    pub(super) fn is_wanted(&self, now: f64) -> bool {
        self.stop.as_ref().is_none_or(|stop| now < stop.at)
    }

    pub(super) fn is_running(&self, now: f64) -> bool {
        self.is_wanted(now) && self.runs.is_some_and(|at| at <= now)
    }

    pub(super) fn is_stopped(&self, now: f64) -> bool {
        self.stop.as_ref().is_some_and(|stop| stop.stopped <= now)
    }

    /// Whether it no longer keeps its service from becoming inactive.
    pub(super) fn is_stopping(&self, now: f64) -> bool {
        self.stop.as_ref().is_some_and(|stop| stop.stopping <= now)
    }

    fn status(&self, now: f64) -> &'static str {
        match &self.stop {
            Some(stop) if stop.stopped <= now => "STOPPED",
            Some(stop) if stop.stopping <= now => "DEPROVISIONING",
            Some(stop) if stop.at <= now => "DEACTIVATING",
            _ if self.runs.is_some_and(|at| at <= now) => "RUNNING",
            // The network interface is attached first, then the image is pulled.
            _ if self.runs.is_some_and(|at| now >= f64::midpoint(self.created, at)) => "PENDING",
            _ => "PROVISIONING",
        }
    }

    /// Its group: its service, or the family of its definition.
    fn group(&self) -> String {
        match (text(&self.request, "group"), self.service.as_str()) {
            ("", "") => format!("family:{}", family(&self.definition)),
            ("", service) => format!("service:{}", last_part(service)),
            (group, _) => group.to_owned(),
        }
    }

    pub(super) fn describe(&self, context: &Context<'_>, id: &str) -> Value {
        let now = context.age();
        let requested = self.is_wanted(now);
        let health = if self.healthy.is_some_and(|at| at <= now) { "HEALTHY" } else { "UNKNOWN" };
        let mut described = json!({
            "taskArn": arn(context, &self.cluster, id),
            "clusterArn": context.arn("ecs", &format!("cluster/{}", self.cluster)),
            "taskDefinitionArn": self.definition,
            "group": self.group(),
            "startedBy": self.deployment,
            "lastStatus": self.status(now),
            "desiredStatus": if requested { "RUNNING" } else { "STOPPED" },
            "healthStatus": health,
            "launchType": self.launch,
            "capacityProviderName": self.provider,
            "createdAt": self.created,
            "tags": self.request["tags"],
            "attachments": [{
                "id": self.interface,
                "type": "ElasticNetworkInterface",
                "details": [{ "name": "networkInterfaceId", "value": self.interface }],
            }],
        });
        let name = definitions::container(context, &self.definition);
        let mut container =
            json!({ "name": name, "taskArn": described["taskArn"], "lastStatus": described["lastStatus"] });
        if let Some(stop) = self.stop.as_ref().filter(|_| !requested) {
            described["stopCode"] = json!(stop.code);
            described["stoppedReason"] = json!(stop.reason);
            described["stoppingAt"] = json!(stop.at);
            if stop.stopped <= now {
                described["stoppedAt"] = json!(stop.stopped);
            }
            if let Some(exit) = stop.exit {
                container["exitCode"] = json!(exit);
            }
        }
        described["containers"] = json!([container]);
        without(&described, &[])
    }
}

/// The family in the ARN of a revision.
pub(super) fn family(definition: &str) -> &str {
    last_part(definition).split(':').next().unwrap_or_default()
}

pub(super) fn arn(context: &Context<'_>, cluster: &str, id: &str) -> String {
    context.arn("ecs", &format!("task/{cluster}/{id}"))
}

fn owner(id: &str) -> String {
    format!("{} {id}", Task::KIND)
}

/// The tasks of a service, `cluster/service`, by id.
pub(super) fn of(context: &Context<'_>, service: &str) -> Vec<(String, Task)> {
    context.all::<Task>().into_iter().filter(|(_, task)| task.service == service).collect()
}

/// The tasks of a cluster, by id.
pub(super) fn in_cluster(context: &Context<'_>, cluster: &str) -> Vec<(String, Task)> {
    context.all::<Task>().into_iter().filter(|(_, task)| task.cluster == cluster).collect()
}

/// Whether the cluster has a task that has not stopped yet.
pub(super) fn any_in(context: &Context<'_>, cluster: &str) -> bool {
    let now = context.age();
    in_cluster(context, cluster).iter().any(|(_, task)| !task.is_stopped(now))
}

/// Whether a task that has not stopped uses that definition.
pub(super) fn any_of(context: &Context<'_>, definition: &Value) -> bool {
    let now = context.age();
    context.all::<Task>().iter().any(|(_, task)| *definition == task.definition && !task.is_stopped(now))
}

/// Places a task in a subnet, with its own network interface.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html>
pub(super) fn place(context: &mut Context<'_>, mut task: Task, network: &Value, turn: usize) -> String {
    let id = format!("{:032x}", context.next_number("ecs task"));
    let vpc = &network["awsvpcConfiguration"];
    let subnets = texts(vpc, "subnets");
    if let Some(subnet) = subnets.get(turn % subnets.len().max(1)) {
        let attachment = context.next_uuid("ecs attachment");
        let interface = interfaces::Interface {
            owner: owner(&id),
            subnet: (*subnet).to_owned(),
            groups: texts(vpc, "securityGroups").into_iter().map(str::to_owned).collect(),
            description: context.arn("ecs", &format!("attachment/{attachment}")),
            kind: "interface".to_owned(),
            public: text(vpc, "assignPublicIp") == "ENABLED",
        };
        task.interface = interfaces::add(context, &interface);
        task_placed(context, subnet);
    }
    context.remember(&id, &task);
    id
}

/// Stops a task: it takes no more work, its containers stop after `drain` seconds, and its interface is deleted last.
pub(super) fn stop(context: &mut Context<'_>, id: &str, drain: f64, code: &str, reason: &str) {
    let now = context.age();
    let Some(mut task) = context.recall::<Task>(id).filter(|task| task.is_wanted(now)) else {
        return;
    };
    let runs = task.is_running(now);
    let drain = if runs { drain } else { 0.0 };
    // SIGTERM interrupts a task without a service; a service's task exits with 0. Assumption: the former does not catch
    // the signal.
    let exit = if task.service.is_empty() { runs.then_some(TERMINATED) } else { Some(0) };
    let (code, reason) = (code.to_owned(), reason.to_owned());
    let stop = Stop { at: now, stopping: now + drain, stopped: 0.0, code, reason, exit, unheard: false };
    task.stop = Some(stop);
    end(context, id, task);
}

/// Schedules the end of a stopping task: when it is `STOPPED`, and when its interface is deleted.
pub(super) fn end(context: &mut Context<'_>, id: &str, mut task: Task) {
    let (over, release) = (context.takes(STOPPING), context.takes(RELEASE));
    if let Some(stop) = &mut task.stop {
        stop.stopped = stop.stopping + over;
        stop.unheard = false;
        let left = (stop.stopped + release - context.age()).max(0.0);
        context.remember(id, &task);
        interfaces::release(context, &owner(id), left);
        // The end is recorded under the service's ARN.
        if !task.service.is_empty() {
            let service = context.arn("ecs", &format!("service/{}", task.service));
            context.ends(services::KIND, &service, left);
        }
    }
}

/// Schedules the deletion of the interface of a task that ends by itself.
pub(super) fn leave(context: &mut Context<'_>, id: &str) {
    if let Some(stop) = context.recall::<Task>(id).and_then(|task| task.stop) {
        let left = (stop.stopped + context.takes(RELEASE) - context.age()).max(0.0);
        interfaces::release(context, &owner(id), left);
    }
}

/// Removes the tasks that stopped more than an hour ago.
pub(super) fn forget_old(context: &mut Context<'_>) {
    let now = context.age();
    for (id, task) in context.all::<Task>() {
        if task.is_stopped(now - REMEMBERED) {
            context.forget::<Task>(&id);
        }
    }
}
