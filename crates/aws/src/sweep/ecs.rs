//! ECS: clusters, the services in them and the tasks that run without one, and revisions of our task definitions. A task that
//! stopped is a record that ECS forgets within the hour
//! ([DescribeTasks](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html)). What is `INACTIVE` of a cluster or a
//! service, and a task definition that is `DELETE_IN_PROGRESS`, is a record only, and gone
//! ([DeleteCluster](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html),
//! [DeleteTaskDefinitions](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteTaskDefinitions.html)).
use super::{
    Probe,
    look::{Look, TAGGED},
    probe,
};
use crate::ecs::pairs;
use aws_sdk_ecs::operation::{
    describe_clusters::DescribeClustersOutput, describe_services::DescribeServicesOutput,
    describe_tasks::DescribeTasksOutput,
};
use aws_sdk_ecs::types::{
    ClusterField, DesiredStatus, ServiceField, TaskDefinitionField, TaskDefinitionStatus as Status, TaskField,
};
use vidpipe_engine::Result;

/// The most clusters, services, and tasks, one describe takes.
const CLUSTERS: usize = 100;
const SERVICES: usize = 10;
const TASKS: usize = 100;

pub(super) fn probes<'a>(look: &'a Look<'a>) -> Vec<Probe<'a>> {
    vec![probe("clusters and services", clusters(look)), probe("task definitions", task_definitions(look))]
}

async fn clusters(look: &Look<'_>) -> Result<()> {
    let listed = all!(look, "list the ECS clusters", look.aws.ecs.list_clusters())?;
    let candidates: Vec<String> = listed.into_iter().filter(|arn| look.may_be(arn)).collect();
    for some in candidates.chunks(CLUSTERS) {
        let call = look.aws.ecs.describe_clusters().set_clusters(Some(some.to_vec())).include(ClusterField::Tags);
        let all = |seen: &DescribeClustersOutput| seen.clusters().len() + seen.failures().len() >= some.len();
        let seen = look.ask_all("look at the ECS clusters", async || call.clone().send().await, all).await?;
        for cluster in seen.clusters().iter().filter(|c| c.status() != Some("INACTIVE")) {
            let (arn, name) = (cluster.cluster_arn(), cluster.cluster_name());
            if let Some(mark) = look.ours(pairs(cluster.tags())) {
                let status = cluster.status().unwrap_or("ACTIVE");
                look.left_of(&mark, "cluster", name, name, format!("{TAGGED}; it is {status}"));
            }
            if let Some(arn) = arn {
                services(look, arn).await?;
                tasks(look, arn).await?;
            }
        }
    }
    Ok(())
}

async fn services(look: &Look<'_>, cluster: &str) -> Result<()> {
    let listed = all!(look, "list the ECS services", look.aws.ecs.list_services().cluster(cluster))?;
    for some in listed.chunks(SERVICES) {
        let call = look.aws.ecs.describe_services().cluster(cluster).set_services(Some(some.to_vec()));
        let call = call.include(ServiceField::Tags);
        let all = |seen: &DescribeServicesOutput| seen.services().len() + seen.failures().len() >= some.len();
        let seen = look.ask_all("look at the ECS services", async || call.clone().send().await, all).await?;
        for service in seen.services().iter().filter(|s| s.status() != Some("INACTIVE")) {
            if let Some(mark) = look.ours(pairs(service.tags())) {
                let status = service.status().unwrap_or("ACTIVE");
                look.left_of(
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

/// A service's tasks are its own to tell of.
async fn tasks(look: &Look<'_>, cluster: &str) -> Result<()> {
    let call = look.aws.ecs.list_tasks().cluster(cluster).desired_status(DesiredStatus::Running);
    let listed = all!(look, "list the ECS tasks", call)?;
    for some in listed.chunks(TASKS) {
        let call = look.aws.ecs.describe_tasks().cluster(cluster).set_tasks(Some(some.to_vec()));
        let call = call.include(TaskField::Tags);
        let all = |seen: &DescribeTasksOutput| seen.tasks().len() + seen.failures().len() >= some.len();
        let seen = look.ask_all("look at the ECS tasks", async || call.clone().send().await, all).await?;
        let alone = |group: Option<&str>| group.is_none_or(|group| !group.starts_with("service:"));
        for task in seen.tasks().iter().filter(|t| t.last_status() != Some("STOPPED") && alone(t.group())) {
            if let Some(mark) = look.ours(pairs(task.tags())) {
                let status = task.last_status().unwrap_or("RUNNING");
                look.left_of(&mark, "task", task.task_arn(), task.task_arn(), format!("{TAGGED}; it is {status}"));
            }
        }
    }
    Ok(())
}

/// Only of the families the environment had: to learn the tags of a task definition takes a call for each revision.
async fn task_definitions(look: &Look<'_>) -> Result<()> {
    for family in look.recorded("ecs:task-definition", "family") {
        for (status, said) in [(Status::Active, "active"), (Status::Inactive, "deregistered but not deleted")] {
            let call = look.aws.ecs.list_task_definitions().family_prefix(family).status(status);
            for arn in all!(look, "list the revisions of a task definition", call)? {
                revision(look, family, &arn, said).await?;
            }
        }
    }
    Ok(())
}

async fn revision(look: &Look<'_>, family: &str, arn: &str, said: &str) -> Result<()> {
    let call = look.aws.ecs.describe_task_definition().task_definition(arn).include(TaskDefinitionField::Tags);
    let Some(seen) = look.ask_one("look at a task definition", async || call.clone().send().await).await? else {
        return Ok(());
    };
    let going = seen.task_definition().and_then(|t| t.status()) == Some(&Status::DeleteInProgress);
    if !going && let Some(mark) = look.ours(pairs(seen.tags())) {
        look.left_of(&mark, "task-definition", Some(arn), Some(family), format!("{TAGGED}; it is {said}"));
    }
    Ok(())
}
