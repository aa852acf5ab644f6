//! Evaluates what ElastiCache returns for a replication group: pure functions, no calls.
use super::{ReplicationGroup, ReplicationGroupOutput};
use crate::settings::{Has, Settings, memberships};
use aws_sdk_elasticache::{
    operation::modify_replication_group::builders::ModifyReplicationGroupFluentBuilder as Modify,
    types::{CacheCluster, Endpoint, ReplicationGroup as Seen},
};

/// Compares every setting that can be changed in place with what AWS returns for the group and one of its nodes.
pub(super) fn settings<'a>(
    spec: &'a ReplicationGroup,
    seen: &Seen,
    node: Option<&CacheCluster>,
) -> Settings<'a, Modify> {
    let nodes = Has::same(Some(seen.member_clusters().len()), usize::from(spec.nodes));
    let kept = i32::from(spec.snapshot_retention_days);
    let failover = switch(seen.automatic_failover().map(|f| f.as_str()), spec.automatic_failover);
    let multi_az = switch(seen.multi_az().map(|m| m.as_str()), spec.multi_az);
    Settings::new()
        .compared("number of nodes", nodes)
        .is("node type", seen.cache_node_type().map(str::to_owned), spec.node_type.clone(), Modify::cache_node_type)
        .has("engine version", version(&spec.engine_version, node), |call| call.engine_version(&spec.engine_version))
        .has("automatic failover", failover, |call| call.automatic_failover_enabled(spec.automatic_failover))
        .has("Multi-AZ", multi_az, |call| call.multi_az_enabled(spec.multi_az))
        .is("snapshot retention", seen.snapshot_retention_limit(), kept, Modify::snapshot_retention_limit)
        .is(
            "description",
            seen.description().map(str::to_owned),
            spec.description.clone(),
            Modify::replication_group_description,
        )
        .has("security groups", groups(spec, node), |call| {
            call.set_security_group_ids(Some(spec.security_group_ids.clone()))
        })
}

/// ElastiCache returns `enabling` or `disabling` while the change is in progress.
fn switch(seen: Option<&str>, on: bool) -> Has {
    let (done, doing) = if on { ("enabled", "enabling") } else { ("disabled", "disabling") };
    match seen {
        Some(seen) if seen == doing => Has::Coming,
        seen => Has::same(seen, done),
    }
}

/// The spec names major and minor version only, and a version is never lowered. AWS itself may raise it in a
/// maintenance window.
fn version(desired: &str, node: Option<&CacheCluster>) -> Has {
    let reaches = |seen: Option<&str>| seen.is_some_and(|seen| numbers(seen) >= numbers(desired));
    let runs = node.and_then(CacheCluster::engine_version);
    let pending = node.and_then(|n| n.pending_modified_values()).and_then(|p| p.engine_version());
    match runs {
        Some(_) if reaches(runs) => Has::Wanted,
        Some(_) if reaches(pending) => Has::Coming,
        Some(_) => Has::Other,
        None => Has::Wanted,
    }
}

fn groups(spec: &ReplicationGroup, node: Option<&CacheCluster>) -> Has {
    let seen = node.map(CacheCluster::security_groups).unwrap_or_default();
    let seen: Vec<_> = seen.iter().filter_map(|g| Some((g.security_group_id()?, g.status()?))).collect();
    memberships(&seen, &spec.security_group_ids)
}

/// The components of a version; `x`, as in `6.x`, counts as 0.
pub(super) fn numbers(version: &str) -> Vec<u32> {
    version.split('.').map(|n| n.parse().unwrap_or(0)).collect()
}

/// The outputs, once both endpoints are known.
pub(super) fn output(seen: &Seen) -> Option<ReplicationGroupOutput> {
    let host = |endpoint: Option<&Endpoint>| endpoint?.address.clone().filter(|host| !host.is_empty());
    let group = seen.node_groups().first()?;
    Some(ReplicationGroupOutput {
        primary_host: host(group.primary_endpoint())?,
        port: group.primary_endpoint()?.port?.to_string(),
        reader_host: host(group.reader_endpoint())?,
        arn: seen.arn.clone()?,
        member_ids: seen.member_clusters().to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::{super::tests::spec, *};
    use vidpipe_engine::Observed;

    fn read(seen: &Seen, node: Option<&CacheCluster>) -> Observed<()> {
        settings(&spec(), seen, node).observed(Some(()), "")
    }

    #[test]
    fn it_is_as_wanted_only_with_all_its_nodes_of_that_type() {
        let seen = Seen::builder().cache_node_type("cache.t3.micro").member_clusters("redis-demo-001");
        assert_eq!(read(&seen.clone().build(), None), Observed::differs("not as specified: number of nodes", Some(())));
        let seen = seen.member_clusters("redis-demo-002");
        assert_eq!(read(&seen.clone().build(), None), Observed::Ready(()));
        let other = seen.clone().cache_node_type("cache.t3.small").build();
        assert_eq!(read(&other, None), Observed::differs("not as specified: node type", Some(())));
        let coming = seen.multi_az("enabling".into()).build();
        assert!(matches!(read(&coming, None), Observed::Pending { .. }));
    }

    #[test]
    fn a_version_that_aws_raised_is_as_wanted() {
        let runs = |version: &str| CacheCluster::builder().engine_version(version).build();
        let has = |asked: &str, runs_version: &str| version(asked, Some(&runs(runs_version)));
        assert_eq!(has("7.0", "7.0.7"), Has::Wanted);
        assert_eq!(has("7.0", "7.1.0"), Has::Wanted);
        assert_eq!(has("7.1", "7.0.7"), Has::Other);
        assert_eq!(has("6.x", "6.2.6"), Has::Wanted);
        assert_eq!(version("7.0", None), Has::Wanted);
    }
}
