//! An ECS cluster, and the log groups of what runs in it.
use super::{Parts, service_roles, small};
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
        // Container Insights makes this group by itself, unencrypted and kept for ever, and makes it again for as long
        // as the cluster stands: so it is made first and removed last.
        let name = format!("/aws/ecs/containerinsights/{tag}/performance");
        let group = g.add("insights-logs", key, move |key| {
            ServiceLogGroup(LogGroup { name: name.clone(), kms_key_arn: key.map(|k| k.arn) })
        });
        let days = small(p.spec.logs.retention_days);
        g.add("insights-logs-retention", &group, move |group| Retention { log_group: group.name, days });
        g.outlives(&group, &cluster);
    }
    cluster
}

/// A log group of a service, kept as long as the spec says.
pub(crate) fn logs<D>(
    g: &mut Graph<Aws>,
    p: &Parts<'_, D>,
    service: &str,
    key: Option<&Handle<Key>>,
) -> Handle<LogGroup> {
    let (name, days) = (format!("/ecs/{}", p.names.of(service)), small(p.spec.logs.retention_days));
    let node = format!("{service}-logs");
    let group = g.add(&node, key, move |key| LogGroup { name: name.clone(), kms_key_arn: key.map(|k| k.arn) });
    g.add(&format!("{node}-retention"), &group, move |group| Retention { log_group: group.name, days });
    group
}
