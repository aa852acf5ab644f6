//! ECS: clusters, their services, tasks without a service, and revisions of our task definitions. A stopped task is a
//! record that ECS drops within the hour
//! ([DescribeTasks](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html)). An `INACTIVE`
//! cluster or service, and a task definition that is `DELETE_IN_PROGRESS`, is only a record, and counts as deleted
//! ([DeleteCluster](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html),
//! [DeleteTaskDefinitions](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteTaskDefinitions.html)).
use crate::{
    ecs::pairs,
    probe::{Probe, SweepCx, TAGGED, probe},
};
use aws_sdk_ecs::operation::{
    describe_clusters::DescribeClustersOutput, describe_services::DescribeServicesOutput,
    describe_tasks::DescribeTasksOutput,
};
use aws_sdk_ecs::types::{
    ClusterField, DesiredStatus, ServiceField, TaskDefinitionField, TaskDefinitionStatus as Status, TaskField,
};
use vidpipe_engine::Result;

/// The most clusters, services, and tasks per describe call.
const CLUSTERS: usize = 100;
const SERVICES: usize = 10;
const TASKS: usize = 100;

pub(crate) fn probes<'a>(cx: &'a SweepCx<'a>) -> Vec<Probe<'a>> {
    vec![probe("clusters and services", clusters(cx)), probe("task definitions", task_definitions(cx))]
}

async fn clusters(cx: &SweepCx<'_>) -> Result<()> {
    let listed = all!(cx, "list the ECS clusters", cx.aws.ecs.list_clusters())?;
    let candidates: Vec<String> = listed.into_iter().filter(|arn| cx.may_be(arn)).collect();
    for some in candidates.chunks(CLUSTERS) {
        let call = cx.aws.ecs.describe_clusters().set_clusters(Some(some.to_vec())).include(ClusterField::Tags);
        let all = |seen: &DescribeClustersOutput| seen.clusters().len() + seen.failures().len() >= some.len();
        let seen = cx.ask_all("read the ECS clusters", async || call.clone().send().await, all).await?;
        for cluster in seen.clusters().iter().filter(|c| c.status() != Some("INACTIVE")) {
            let (arn, name) = (cluster.cluster_arn(), cluster.cluster_name());
            if let Some(mark) = cx.ours(pairs(cluster.tags())) {
                let status = cluster.status().unwrap_or("ACTIVE");
                cx.left_of(&mark, "cluster", name, name, format!("{TAGGED}; it is {status}"));
            }
            if let Some(arn) = arn {
                services(cx, arn).await?;
                tasks(cx, arn).await?;
            }
        }
    }
    Ok(())
}

async fn services(cx: &SweepCx<'_>, cluster: &str) -> Result<()> {
    let listed = all!(cx, "list the ECS services", cx.aws.ecs.list_services().cluster(cluster))?;
    for some in listed.chunks(SERVICES) {
        let call = cx.aws.ecs.describe_services().cluster(cluster).set_services(Some(some.to_vec()));
        let call = call.include(ServiceField::Tags);
        let all = |seen: &DescribeServicesOutput| seen.services().len() + seen.failures().len() >= some.len();
        let seen = cx.ask_all("read the ECS services", async || call.clone().send().await, all).await?;
        for service in seen.services().iter().filter(|s| s.status() != Some("INACTIVE")) {
            if let Some(mark) = cx.ours(pairs(service.tags())) {
                let status = service.status().unwrap_or("ACTIVE");
                cx.left_of(
                    &mark,
                    "service",
                    service.service_arn(),
                    service.service_name(),
                    format!("{TAGGED}; it is {status}"),
                );
            }
        }
    }
    Ok(())
}

/// Tasks of a service are left out: the service itself is listed.
async fn tasks(cx: &SweepCx<'_>, cluster: &str) -> Result<()> {
    let call = cx.aws.ecs.list_tasks().cluster(cluster).desired_status(DesiredStatus::Running);
    let listed = all!(cx, "list the ECS tasks", call)?;
    for some in listed.chunks(TASKS) {
        let call = cx.aws.ecs.describe_tasks().cluster(cluster).set_tasks(Some(some.to_vec()));
        let call = call.include(TaskField::Tags);
        let all = |seen: &DescribeTasksOutput| seen.tasks().len() + seen.failures().len() >= some.len();
        let seen = cx.ask_all("read the ECS tasks", async || call.clone().send().await, all).await?;
        let alone = |group: Option<&str>| group.is_none_or(|group| !group.starts_with("service:"));
        for task in seen.tasks().iter().filter(|t| t.last_status() != Some("STOPPED") && alone(t.group())) {
            if let Some(mark) = cx.ours(pairs(task.tags())) {
                let status = task.last_status().unwrap_or("RUNNING");
                cx.left_of(&mark, "task", task.task_arn(), task.task_arn(), format!("{TAGGED}; it is {status}"));
            }
        }
    }
    Ok(())
}

/// Only the families the environment had: reading the tags of task definitions takes a call for each revision.
async fn task_definitions(cx: &SweepCx<'_>) -> Result<()> {
    for family in cx.recorded("ecs:task-definition", "family") {
        for (status, state) in [(Status::Active, "active"), (Status::Inactive, "deregistered but not deleted")] {
            let call = cx.aws.ecs.list_task_definitions().family_prefix(family).status(status);
            for arn in all!(cx, "list the revisions of a task definition", call)? {
                revision(cx, family, &arn, state).await?;
            }
        }
    }
    Ok(())
}

async fn revision(cx: &SweepCx<'_>, family: &str, arn: &str, state: &str) -> Result<()> {
    let call = cx.aws.ecs.describe_task_definition().task_definition(arn).include(TaskDefinitionField::Tags);
    let Some(seen) = cx.ask_one("read a task definition", async || call.clone().send().await).await? else {
        return Ok(());
    };
    let going = seen.task_definition().and_then(|t| t.status()) == Some(&Status::DeleteInProgress);
    if !going && let Some(mark) = cx.ours(pairs(seen.tags())) {
        cx.left_of(&mark, "task-definition", Some(arn), Some(family), format!("{TAGGED}; it is {state}"));
    }
    Ok(())
}
