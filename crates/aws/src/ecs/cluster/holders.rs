//! The holders that block a cluster's deletion: its services, and tasks that belong to no service.
use crate::{Cx, OrFail, ecs, tags};
use aws_sdk_ecs::types::{DesiredStatus, ServiceField, Tag, TaskField};
use vidpipe_engine::{Holder, Result, Whose};

/// The maximum number of services, and of tasks, in one describe call.
const SERVICES: usize = 10;
const TASKS: usize = 100;

fn whose(cx: &Cx, tags: &[Tag], going: bool) -> Whose {
    match () {
        () if going => Whose::Going,
        () if tags::lineage(ecs::pairs(tags)) == Some(&cx.env.lineage) => Whose::Ours,
        () => Whose::Theirs,
    }
}

/// A note naming another environment's lineage, from the tags; empty if there is none.
fn about(cx: &Cx, tags: &[Tag]) -> String {
    let other = tags::lineage(ecs::pairs(tags)).filter(|other| *other != cx.env.lineage);
    other.map(|other| format!("of lineage {other}")).unwrap_or_default()
}

pub(super) async fn services(cx: &Cx, cluster: &str) -> Result<Vec<Holder>> {
    let listed = items!(cx.cloud.ecs.list_services().cluster(cluster));
    let arns = listed.all().await.or_fail("list the cluster's services")?;
    let mut all = Vec::new();
    for some in arns.chunks(SERVICES) {
        let call = cx.cloud.ecs.describe_services().cluster(cluster).set_services(Some(some.to_vec()));
        let seen = call.include(ServiceField::Tags).send().await.or_fail("read the cluster's services")?;
        for service in seen.services().iter().filter(|s| s.status() != Some("INACTIVE")) {
            let whose = whose(cx, service.tags(), service.status() == Some("DRAINING"));
            let name = service.service_name().unwrap_or("without a name");
            all.push(Holder::new("ECS service", name, whose).about(about(cx, service.tags())));
        }
    }
    Ok(all)
}

/// Tasks that belong to no service. A service's tasks are deleted with it.
pub(super) async fn tasks(cx: &Cx, cluster: &str) -> Result<Vec<Holder>> {
    let running = cx.cloud.ecs.list_tasks().cluster(cluster).desired_status(DesiredStatus::Running);
    let listed = items!(running).all().await;
    let mut all = Vec::new();
    for some in listed.or_fail("list the cluster's tasks")?.chunks(TASKS) {
        let call = cx.cloud.ecs.describe_tasks().cluster(cluster).set_tasks(Some(some.to_vec()));
        let seen = call.include(TaskField::Tags).send().await.or_fail("read the cluster's tasks")?;
        let alone = seen.tasks().iter().filter(|t| t.group().is_none_or(|group| !group.starts_with("service:")));
        for task in alone {
            let going = task.desired_status() == Some("STOPPED");
            let id = task.task_arn().and_then(|arn| arn.rsplit('/').next()).unwrap_or("without an id");
            all.push(
                Holder::new("ECS task", id, whose(cx, task.tags(), going)).about(task.group().unwrap_or_default()),
            );
        }
    }
    Ok(all)
}
