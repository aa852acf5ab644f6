//! An ECS cluster, and the log groups of its services.
use super::{Parts, service_roles, to_u16};
use vidpipe_aws::{
    Aws,
    kinds::{
        ecs::Cluster,
        kms::Key,
        logs::{LogGroup, Retention, ServiceLogGroup},
    },
};
use vidpipe_engine::{Graph, Handle};

/// The cluster. `what` is its name without the suffix.
pub(crate) fn add<D>(g: &mut Graph<Aws>, p: &Parts<'_, D>, what: &str, key: Option<&Handle<Key>>) -> Handle<Cluster> {
    let (name, insights) = (p.names.of(what), p.spec.logs.container_insights);
    let tag = name.clone();
    let role = service_roles::CONTAINERS.needed(g);
    let cluster = g.add("cluster", role, move |()| Cluster { name: name.clone(), container_insights: insights });
    if insights {
        // Container Insights creates this log group itself, unencrypted and without expiry, and recreates it for as
        // long as the cluster exists. So the group is created before the cluster and deleted after it.
        let name = format!("/aws/ecs/containerinsights/{tag}/performance");
        let group = g.add("insights-log-group", key, move |key| {
            ServiceLogGroup(LogGroup { name: name.clone(), kms_key_arn: key.map(|k| k.arn) })
        });
        let days = to_u16(p.spec.logs.retention_days);
        g.add("insights-log-group-retention", &group, move |group| Retention { log_group: group.name, days });
        g.outlives(&group, &cluster);
    }
    cluster
}

/// A service's log group, with the retention of the spec.
pub(crate) fn logs<D>(
    g: &mut Graph<Aws>,
    p: &Parts<'_, D>,
    service: &str,
    key: Option<&Handle<Key>>,
) -> Handle<LogGroup> {
    let (name, days) = (format!("/ecs/{}", p.names.of(service)), to_u16(p.spec.logs.retention_days));
    let node = format!("{service}-log-group");
    let group = g.add(&node, key, move |key| LogGroup { name: name.clone(), kms_key_arn: key.map(|k| k.arn) });
    g.add(&format!("{node}-retention"), &group, move |group| Retention { log_group: group.name, days });
    group
}
