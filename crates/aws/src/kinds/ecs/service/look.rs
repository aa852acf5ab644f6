//! What a look at a service says: whether it is steady and why not, and whether what its tasks left behind is gone.
use super::{Service, ServiceOutput};
use crate::{Cx, OrFail};
use aws_sdk_ec2::types::Filter;
use aws_sdk_ecs::types::{Deployment, DeploymentRolloutState as Rollout, DesiredStatus, Service as Seen, Task};
use vidpipe_engine::{Observed, PhysicalId, Result};

/// What an active service comes to.
#[derive(Debug, PartialEq)]
enum Verdict {
    Steady,
    Rolling { why: String, failing: bool },
    Failed(String),
}

/// Whether the service runs what it should, as often as it should.
pub(super) async fn steady(spec: &Service, cx: &Cx, id: &PhysicalId, seen: &Seen) -> Result<Observed<ServiceOutput>> {
    let output = ServiceOutput { arn: id.0.clone(), name: spec.name.clone() };
    Ok(match judge(&spec.task_definition_arn, seen) {
        Verdict::Steady => Observed::Ready(output),
        Verdict::Failed(why) => Observed::Broken(because(why, last_stop(spec, cx).await?)),
        Verdict::Rolling { why, failing: true } => {
            Observed::Pending { why: because(why, last_stop(spec, cx).await?), known: Some(output) }
        }
        Verdict::Rolling { why, failing: false } => Observed::Pending { why, known: Some(output) },
    })
}

fn judge(wanted: &str, seen: &Seen) -> Verdict {
    let primary = seen.deployments().iter().find(|d| d.status() == Some("PRIMARY"));
    let runs = primary.and_then(Deployment::task_definition).or(seen.task_definition());
    if runs.is_some_and(|arn| arn != wanted) {
        return Verdict::Rolling { why: "it still runs another task definition".into(), failing: false };
    }
    let rollout = primary.and_then(Deployment::rollout_state);
    if rollout == Some(&Rollout::Failed) {
        let said = primary.and_then(Deployment::rollout_state_reason).unwrap_or("its deployment failed");
        return Verdict::Failed(said.to_owned());
    }
    let (running, desired) = (seen.running_count(), seen.desired_count());
    if running == desired && matches!(rollout, None | Some(Rollout::Completed)) {
        return Verdict::Steady;
    }
    let newest = seen.events().iter().max_by_key(|e| e.created_at().map(|at| (at.secs(), at.subsec_nanos())));
    let said = newest.and_then(|e| e.message());
    let failing = primary.is_some_and(|d| d.failed_tasks() > 0)
        || said.is_some_and(|s| ["unable", "failed", "unhealthy"].iter().any(|word| s.contains(word)));
    let count = format!("{running} of {desired} tasks run");
    Verdict::Rolling { why: said.map_or_else(|| count.clone(), |s| format!("{count}: {s}")), failing }
}

fn because(why: String, stopped: Option<String>) -> String {
    stopped.map_or_else(|| why.clone(), |said| format!("{why}; the last task stopped: {said}"))
}

/// Why the task that stopped last did so. ECS remembers stopped tasks for an hour.
async fn last_stop(spec: &Service, cx: &Cx) -> Result<Option<String>> {
    let call = cx.cloud.ecs.list_tasks().cluster(&spec.cluster).service_name(&spec.name);
    let stopped = call.desired_status(DesiredStatus::Stopped).send().await.or_fail("list the stopped tasks")?;
    if stopped.task_arns().is_empty() {
        return Ok(None);
    }
    let call = cx.cloud.ecs.describe_tasks().cluster(&spec.cluster).set_tasks(stopped.task_arns);
    let tasks = call.send().await.or_fail("look at the stopped tasks")?;
    let newest = tasks.tasks().iter().max_by_key(|t| t.stopped_at().or(t.stopping_at()).map(|at| at.secs()));
    Ok(newest.and_then(stop_reason))
}

/// The task's reason and, where there is one, its container's: a pull that failed, or an exit code.
fn stop_reason(task: &Task) -> Option<String> {
    let own = task.stopped_reason();
    let mut containers = task.containers().iter();
    let inner = containers
        .find_map(|c| c.reason().map(str::to_owned).or_else(|| c.exit_code().map(|code| format!("exit code {code}"))));
    match (own, inner) {
        (Some(own), Some(inner)) if !own.contains(&inner) => Some(format!("{own} ({inner})")),
        (Some(own), _) => Some(own.to_owned()),
        (None, inner) => inner,
    }
}

/// Whether the network interfaces of its tasks are gone too. Until then they hold its subnets and security groups.
pub(super) async fn released(spec: &Service, cx: &Cx) -> Result<Observed<ServiceOutput>> {
    let groups = Filter::builder().name("group-id").set_values(Some(spec.security_groups.clone())).build();
    let call = cx.cloud.ec2.describe_network_interfaces().filters(groups);
    let seen = call.send().await.or_fail("look for the network interfaces of the ECS service's tasks")?;
    let of_tasks = |d: &str| d.starts_with("arn:") && d.contains(":ecs:");
    let left = seen.network_interfaces().iter().filter(|i| i.description().is_some_and(of_tasks)).count();
    Ok(match left {
        0 => Observed::Absent,
        _ => Observed::pending("network interfaces of its tasks are being released"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_ecs::types::{Container, ServiceEvent};

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
        let event = |at, said: &str| {
            ServiceEvent::builder().created_at(aws_smithy_types::DateTime::from_secs(at)).message(said).build()
        };
        let events = [event(1, "has started 2 tasks"), event(2, "is unable to place a task")];
        let seen = service(1, Rollout::InProgress).set_events(Some(events.into())).build();
        let why = "1 of 2 tasks run: is unable to place a task".to_owned();
        assert_eq!(judge("worker:2", &seen), Verdict::Rolling { why, failing: true });
    }

    #[test]
    fn a_stopped_task_names_its_containers_reason_once() {
        let container = Container::builder().reason("CannotPullContainerError: no such image").build();
        let task = Task::builder().containers(container).stopped_reason("Essential container in task exited");
        let said = stop_reason(&task.build());
        assert_eq!(
            said.as_deref(),
            Some("Essential container in task exited (CannotPullContainerError: no such image)")
        );
    }
}
