//! Evaluates a described service: whether it is steady and why not, and whether its tasks' network interfaces are
//! released.
use super::{Service, ServiceOutput, request};
use crate::{Cx, OrFail, ec2::interfaces, ecs::stop_reason};
use aws_sdk_ecs::types::{
    Deployment, DeploymentRolloutState as Rollout, DesiredStatus, Service as Seen, Task, TaskStopCode,
};
use vidpipe_engine::{Observed, PhysicalId, Result};

/// After this many tasks have stopped for the same reason, further tasks are expected to fail too.
const HOPELESS: usize = 3;

/// Tasks that stopped for the same reason.
#[derive(Debug, PartialEq)]
struct Stops {
    times: usize,
    reason: String,
}

/// The state of an active service.
#[derive(Debug, PartialEq)]
enum Verdict {
    Steady,
    Rolling { why: String, failing: bool },
    Failed(String),
}

/// Whether the service runs the desired revision with the desired number of tasks.
pub(super) async fn steady(spec: &Service, cx: &Cx, id: &PhysicalId, seen: &Seen) -> Result<Observed<ServiceOutput>> {
    let output = ServiceOutput { arn: id.0.clone(), name: spec.name.clone() };
    let resizes = spec.resizes(cx, id, seen).await?;
    let output = match request::settings(spec, seen, resizes)?.observed(Some(output), "") {
        Observed::Ready(output) => output,
        other => return Ok(other),
    };
    let failures = async || Ok(repeated(&stopped(spec, cx).await?, deployment(seen)));
    Ok(match judge(&spec.task_definition_arn, seen) {
        Verdict::Steady => Observed::Ready(output),
        Verdict::Failed(why) => Observed::Broken(because(why, failures().await?)),
        Verdict::Rolling { why, failing: true } => match failures().await? {
            Some(Stops { times, reason }) if times >= HOPELESS => {
                Observed::Broken(format!("{times} of its tasks stopped for the same reason: {reason}"))
            }
            stops => Observed::Pending { why: because(why, stops), known: Some(output) },
        },
        Verdict::Rolling { why, failing: false } => Observed::Pending { why, known: Some(output) },
    })
}

fn primary(seen: &Seen) -> Option<&Deployment> {
    seen.deployments().iter().find(|d| d.status() == Some("PRIMARY"))
}

/// The id of the primary deployment: the `startedBy` of its tasks.
fn deployment(seen: &Seen) -> &str {
    primary(seen).and_then(Deployment::id).unwrap_or_default()
}

fn judge(expected: &str, seen: &Seen) -> Verdict {
    let primary = primary(seen);
    if primary.and_then(Deployment::task_definition).is_some_and(|arn| arn != expected) {
        return Verdict::Rolling { why: "it still runs another task definition".into(), failing: false };
    }
    let rollout = primary.and_then(Deployment::rollout_state);
    if rollout == Some(&Rollout::Failed) {
        let reason = primary.and_then(Deployment::rollout_state_reason).unwrap_or("its deployment failed");
        return Verdict::Failed(reason.to_owned());
    }
    let (running, desired) = (seen.running_count(), seen.desired_count());
    // AWS's `ServicesStable` waiter also waits for the last of the earlier deployments.
    let ended = seen.deployments().len() < 2 && matches!(rollout, None | Some(Rollout::Completed));
    if running == desired && ended {
        return Verdict::Steady;
    }
    let newest = seen.events().iter().max_by_key(|e| e.created_at().map(|at| (at.secs(), at.subsec_nanos())));
    let message = newest.and_then(|e| e.message());
    let failing = primary.is_some_and(|d| d.failed_tasks() > 0)
        || message.is_some_and(|s| ["unable", "failed", "unhealthy"].iter().any(|word| s.contains(word)));
    let count = format!("{running} of {desired} tasks run");
    Verdict::Rolling { why: message.map_or_else(|| count.clone(), |s| format!("{count}: {s}")), failing }
}

fn because(why: String, stops: Option<Stops>) -> String {
    match stops {
        None => why,
        Some(Stops { times: 1, reason }) => format!("{why}; a task stopped: {reason}"),
        Some(Stops { times, reason }) => format!("{why}; {times} tasks stopped: {reason}"),
    }
}

/// The service's stopped tasks. ECS keeps them for an hour.
async fn stopped(spec: &Service, cx: &Cx) -> Result<Vec<Task>> {
    let call = cx.cloud.ecs.list_tasks().cluster(&spec.cluster).service_name(&spec.name);
    let stopped = call.desired_status(DesiredStatus::Stopped).send().await.or_fail("list the stopped tasks")?;
    if stopped.task_arns().is_empty() {
        return Ok(Vec::new());
    }
    let call = cx.cloud.ecs.describe_tasks().cluster(&spec.cluster).set_tasks(stopped.task_arns);
    let tasks = call.send().await.or_fail("read the stopped tasks")?;
    Ok(tasks.tasks.unwrap_or_default())
}

/// The reason of the deployment's most recently failed task, and the number of tasks that failed for it.
fn repeated(tasks: &[Task], deployment: &str) -> Option<Stops> {
    let own = tasks.iter().filter(|t| t.started_by() == Some(deployment) && has_failed(t));
    let mut reasons: Vec<_> =
        own.filter_map(|t| Some((t.stopping_at().map(|at| at.secs()), stop_reason(t)?))).collect();
    reasons.sort();
    let (_, reason) = reasons.last().cloned()?;
    let times = reasons.iter().filter(|(_, r)| without_request(r) == without_request(&reason)).count();
    Some(Stops { times, reason })
}

/// Whether the task stopped because of a failure and not on request.
fn has_failed(task: &Task) -> bool {
    match task.stop_code() {
        Some(TaskStopCode::UserInitiated) => false,
        // The scheduler also stops tasks that are no longer needed and tasks that are unhealthy.
        Some(TaskStopCode::ServiceSchedulerInitiated) => task.stopped_reason().is_some_and(|r| r.contains("failed")),
        _ => true,
    }
}

/// The reason up to the id of the failed request, which differs for every task.
fn without_request(reason: &str) -> &str {
    let end = ["RequestID", "request id", "Request ID"].iter().filter_map(|w| reason.find(w)).min();
    &reason[..end.unwrap_or(reason.len())]
}

/// Whether its tasks' network interfaces are deleted. Until then they hold its subnets and security groups.
pub(super) async fn released(spec: &Service, cx: &Cx) -> Result<Observed<ServiceOutput>> {
    let of_tasks = |d: &str| d.starts_with("arn:") && d.contains(":ecs:");
    interfaces::released(cx, &spec.security_groups, "its tasks", of_tasks).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_ecs::types::ServiceEvent;

    fn service(running: i32, rollout: Rollout) -> aws_sdk_ecs::types::builders::ServiceBuilder {
        let primary = Deployment::builder().status("PRIMARY").task_definition("worker:2").rollout_state(rollout);
        Seen::builder().running_count(running).desired_count(2).deployments(
            primary.rollout_state_reason("tasks failed to start").failed_tasks(i32::from(running == 0)).build(),
        )
    }

    #[test]
    fn it_is_steady_when_the_wanted_revision_runs_as_often_as_it_should() {
        assert_eq!(judge("worker:2", &service(2, Rollout::Completed).build()), Verdict::Steady);
        let rolling = judge("worker:2", &service(2, Rollout::InProgress).build());
        assert_eq!(rolling, Verdict::Rolling { why: "2 of 2 tasks run".into(), failing: false });
        let earlier = judge("worker:3", &service(2, Rollout::Failed).build());
        assert!(matches!(earlier, Verdict::Rolling { failing: false, .. }), "{earlier:?}");
        let failed = judge("worker:2", &service(0, Rollout::Failed).build());
        assert_eq!(failed, Verdict::Failed("tasks failed to start".into()));
    }

    #[test]
    fn the_newest_event_is_the_reason() {
        let event = |at, message: &str| {
            ServiceEvent::builder().created_at(aws_smithy_types::DateTime::from_secs(at)).message(message).build()
        };
        let events = [event(1, "has started 2 tasks"), event(2, "is unable to place a task")];
        let seen = service(1, Rollout::InProgress).set_events(Some(events.into())).build();
        let why = "1 of 2 tasks run: is unable to place a task".to_owned();
        assert_eq!(judge("worker:2", &seen), Verdict::Rolling { why, failing: true });
    }

    #[test]
    fn failures_of_this_deployment_are_counted_by_their_reason() {
        let task = |deployment: &str, at, code, reason: &str| {
            let at = aws_smithy_types::DateTime::from_secs(at);
            Task::builder().started_by(deployment).stopping_at(at).stop_code(code).stopped_reason(reason).build()
        };
        let first = TaskStopCode::TaskFailedToStart;
        let tasks = [
            task("new", 3, first.clone(), "no such secret, RequestID: 3"),
            task("new", 1, first.clone(), "no such secret, RequestID: 1"),
            task("new", 2, TaskStopCode::EssentialContainerExited, "exit"),
            task("new", 9, TaskStopCode::ServiceSchedulerInitiated, "Scaling activity"),
            task("old", 9, first, "no such secret"),
        ];
        let reason = "no such secret, RequestID: 3".to_owned();
        assert_eq!(repeated(&tasks, "new"), Some(Stops { times: 2, reason }));
        assert_eq!(repeated(&tasks, "none"), None);
        let unhealthy = task("new", 9, TaskStopCode::ServiceSchedulerInitiated, "Task failed ELB health checks");
        assert!(has_failed(&unhealthy));
    }
}
