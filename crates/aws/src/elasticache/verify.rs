//! ElastiCache: the cache is encrypted at rest and in transit, fails over, and is in private or isolated subnets.
use crate::{
    check::CheckCx,
    ec2::verify::network,
    elasticache::{CacheSubnetGroup, ReplicationGroup},
};
use aws_sdk_elasticache::types::{ReplicationGroup as Seen, Tag};
use std::collections::BTreeSet;
use vidpipe_engine::{
    Result,
    verify::Section::{Access, Availability, EncryptionAtRest, EncryptionInTransit, Retention},
};

fn pairs(tags: &[Tag]) -> impl Iterator<Item = (&str, &str)> {
    tags.iter().filter_map(|t| Some((t.key()?, t.value()?)))
}

async fn tags(check: &CheckCx<'_>, name: &str, arn: Option<&str>) -> Result<()> {
    let call = check.aws.elasticache.list_tags_for_resource().resource_name(arn.unwrap_or_default());
    let seen = ask!(check, "ListTagsForResource", call)?;
    check.tags(name, pairs(seen.tag_list()));
    Ok(())
}

pub(crate) async fn subnet_group(check: &CheckCx<'_>, want: CacheSubnetGroup) -> Result<()> {
    let call = check.aws.elasticache.describe_cache_subnet_groups().cache_subnet_group_name(&want.name);
    let seen = ask!(check, "DescribeCacheSubnetGroups", call)?;
    let group = check.there(seen.cache_subnet_groups().first())?;
    let subnets = || group.subnets().iter().filter_map(|s| s.subnet_identifier());
    check.are(Access, "it has the specified subnets", "Subnets", subnets(), &want.subnet_ids);
    network::inside(check, "its subnets are closed", subnets())?;
    tags(check, &want.name, group.arn()).await
}

pub(crate) async fn replication_group(check: &CheckCx<'_>, want: ReplicationGroup) -> Result<()> {
    let call = check.aws.elasticache.describe_replication_groups().replication_group_id(&want.name);
    let seen = ask!(check, "DescribeReplicationGroups", call)?;
    let group = check.there(seen.replication_groups().first())?;
    let switch = |on: bool| if on { "enabled" } else { "disabled" };
    check.is(Availability, "the cache is available", "Status", group.status(), "available");
    let rest = group.at_rest_encryption_enabled();
    check.is(EncryptionAtRest, "the cache is encrypted", "AtRestEncryptionEnabled", rest, true);
    if let Some(key) = &want.kms_key {
        check.is(
            EncryptionAtRest,
            "the cache is encrypted with the specified key",
            "KmsKeyId",
            group.kms_key_id(),
            key.as_str(),
        );
    }
    let transit = group.transit_encryption_enabled();
    check.is(EncryptionInTransit, "the cache speaks TLS only", "TransitEncryptionEnabled", transit, true);
    let (zones, failover) = (group.multi_az().map(|m| m.as_str()), group.automatic_failover().map(|f| f.as_str()));
    check.is(Availability, "Multi-AZ is as specified", "MultiAZ", zones, switch(want.multi_az));
    check.is(
        Availability,
        "automatic failover is as specified",
        "AutomaticFailover",
        failover,
        switch(want.automatic_failover),
    );
    let nodes = group.member_clusters().len();
    check.is(Availability, "it has the specified nodes", "MemberClusters", nodes, want.nodes);
    let kept = group.snapshot_retention_limit().unwrap_or_default();
    check.is(
        Retention,
        "snapshots are kept as specified",
        "SnapshotRetentionLimit",
        kept,
        want.snapshot_retention_days,
    );
    let primary = group.node_groups().first().and_then(|n| n.primary_endpoint()?.address());
    check.resolves("the cache's name leads to private addresses", primary.unwrap_or_default()).await;
    members(check, &want, group).await?;
    tags(check, &want.name, group.arn()).await
}

/// Checks the nodes' subnet group, security groups and zones, which only the description of each cluster contains.
async fn members(check: &CheckCx<'_>, want: &ReplicationGroup, group: &Seen) -> Result<()> {
    let (mut places, mut groups, mut zones) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for member in group.member_clusters() {
        let call = check.aws.elasticache.describe_cache_clusters().cache_cluster_id(member).show_cache_node_info(true);
        let seen = ask!(check, "DescribeCacheClusters", call)?;
        for cluster in seen.cache_clusters() {
            places.extend(cluster.cache_subnet_group_name().map(str::to_owned));
            groups.extend(cluster.security_groups().iter().filter_map(|g| g.security_group_id.clone()));
            zones.extend(cluster.preferred_availability_zone().map(str::to_owned));
        }
    }
    check.are(Access, "its nodes are in its subnet group", "CacheSubnetGroupName", &places, [&want.subnet_group]);
    check.are(Access, "it is behind its security group", "SecurityGroups", &groups, &want.security_group_ids);
    if want.multi_az {
        let spread = format!("PreferredAvailabilityZone = {}", Vec::from_iter(zones.iter().cloned()).join(", "));
        let result = if zones.len() > 1 { Ok(spread) } else { Err(format!("all nodes are in one zone: {spread}")) };
        check.add_result(Availability, "its nodes are in several zones", result);
    }
    Ok(())
}
