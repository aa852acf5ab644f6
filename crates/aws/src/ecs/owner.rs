//! ECS returns tags on request.
use crate::{Cx, OrFail, ecs::pairs, owner::once, tags};
use aws_sdk_ecs::types::{ClusterField, TaskField};
use vidpipe_engine::{Owned, Result};

/// [DescribeClusters](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeClusters.html), by name or ARN.
pub(crate) async fn cluster(cx: &Cx, cluster: &str) -> Result<Owned> {
    let read = async || {
        let call = cx.cloud.ecs.describe_clusters().clusters(cluster).include(ClusterField::Tags);
        let seen = call.send().await.or_fail("read the owner of the ECS cluster")?;
        let there = seen.clusters().iter().find(|c| c.status() != Some("INACTIVE"));
        Ok(there.map_or(Owned::Absent, |c| tags::owned(cx, pairs(c.tags()))))
    };
    once(cx, "ECS cluster", cluster, read).await
}

/// The service with this name or ARN.
pub(crate) async fn service(cx: &Cx, cluster: &str, service: &str) -> Result<Owned> {
    let seen = cx.cloud.service(cluster, service).await?.filter(|s| s.status() != Some("INACTIVE"));
    Ok(seen.map_or(Owned::Absent, |s| tags::owned(cx, pairs(s.tags()))))
}

/// [DescribeTasks](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html)
pub(crate) async fn task(cx: &Cx, cluster: &str, arn: &str) -> Result<Owned> {
    let call = cx.cloud.ecs.describe_tasks().cluster(cluster).tasks(arn).include(TaskField::Tags);
    let seen = call.send().await.or_fail("read the owner of the one-off task")?;
    Ok(seen.tasks().first().map_or(Owned::Absent, |t| tags::owned(cx, pairs(t.tags()))))
}
