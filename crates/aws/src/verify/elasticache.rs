//! ElastiCache: the cache is encrypted both ways, fails over, and stands in closed subnets.
use super::{look::Look, network};
use crate::kinds::elasticache::{CacheSubnetGroup, ReplicationGroup};
use aws_sdk_elasticache::types::{ReplicationGroup as Seen, Tag};
use std::collections::BTreeSet;
use vidpipe_engine::{
    Result,
    verify::Section::{Access, Availability, EncryptionAtRest, EncryptionInTransit, Retention},
};

fn pairs(tags: &[Tag]) -> impl Iterator<Item = (&str, &str)> {
    tags.iter().filter_map(|t| Some((t.key()?, t.value()?)))
}

async fn tags(look: &Look<'_>, name: &str, arn: Option<&str>) -> Result<()> {
    let call = look.aws.elasticache.list_tags_for_resource().resource_name(arn.unwrap_or_default());
    let seen = ask!(look, "ListTagsForResource", call)?;
    look.tags(name, pairs(seen.tag_list()));
    Ok(())
}

pub(super) async fn subnet_group(look: &Look<'_>, want: CacheSubnetGroup) -> Result<()> {
    let call = look.aws.elasticache.describe_cache_subnet_groups().cache_subnet_group_name(&want.name);
    let seen = ask!(look, "DescribeCacheSubnetGroups", call)?;
    let group = look.there(seen.cache_subnet_groups().first())?;
    let subnets = || group.subnets().iter().filter_map(|s| s.subnet_identifier());
    look.are(Access, "it has the wanted subnets", "Subnets", subnets(), &want.subnet_ids);
    network::inside(look, "its subnets are closed", subnets())?;
    tags(look, &want.name, group.arn()).await
}

pub(super) async fn replication_group(look: &Look<'_>, want: ReplicationGroup) -> Result<()> {
    let call = look.aws.elasticache.describe_replication_groups().replication_group_id(&want.name);
    let seen = ask!(look, "DescribeReplicationGroups", call)?;
    let group = look.there(seen.replication_groups().first())?;
    let switch = |on: bool| if on { "enabled" } else { "disabled" };
    look.is(Availability, "the cache is available", "Status", group.status(), "available");
    let rest = group.at_rest_encryption_enabled();
    look.is(EncryptionAtRest, "the cache is encrypted", "AtRestEncryptionEnabled", rest, true);
    if let Some(key) = &want.kms_key {
        look.is(
            EncryptionAtRest,
            "the cache is encrypted with the wanted key",
            "KmsKeyId",
            group.kms_key_id(),
            key.as_str(),
        );
    }
    let transit = group.transit_encryption_enabled();
    look.is(EncryptionInTransit, "the cache speaks TLS only", "TransitEncryptionEnabled", transit, true);
    let (zones, failover) = (group.multi_az().map(|m| m.as_str()), group.automatic_failover().map(|f| f.as_str()));
    look.is(Availability, "Multi-AZ is as wanted", "MultiAZ", zones, switch(want.multi_az));
    look.is(
        Availability,
        "automatic failover is as wanted",
        "AutomaticFailover",
        failover,
        switch(want.automatic_failover),
    );
    let nodes = group.member_clusters().len();
    look.is(Availability, "it has the wanted nodes", "MemberClusters", nodes, want.nodes);
    let kept = group.snapshot_retention_limit().unwrap_or_default();
    look.is(Retention, "snapshots are kept as wanted", "SnapshotRetentionLimit", kept, want.snapshot_retention_days);
    let primary = group.node_groups().first().and_then(|n| n.primary_endpoint()?.address());
    look.resolves("the cache's name leads to private addresses", primary.unwrap_or_default()).await;
    members(look, &want, group).await?;
    tags(look, &want.name, group.arn()).await
}

/// Where the nodes stand, and who may reach them, is told of each cluster only.
async fn members(look: &Look<'_>, want: &ReplicationGroup, group: &Seen) -> Result<()> {
    let (mut places, mut groups, mut zones) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for member in group.member_clusters() {
        let call = look.aws.elasticache.describe_cache_clusters().cache_cluster_id(member).show_cache_node_info(true);
        let seen = ask!(look, "DescribeCacheClusters", call)?;
        for cluster in seen.cache_clusters() {
            places.extend(cluster.cache_subnet_group_name().map(str::to_owned));
            groups.extend(cluster.security_groups().iter().filter_map(|g| g.security_group_id.clone()));
            zones.extend(cluster.preferred_availability_zone().map(str::to_owned));
        }
    }
    look.are(Access, "its nodes stand in its subnet group", "CacheSubnetGroupName", &places, [&want.subnet_group]);
    look.are(Access, "it is behind its security group", "SecurityGroups", &groups, &want.security_group_ids);
    if want.multi_az {
        let spread = format!("PreferredAvailabilityZone = {}", Vec::from_iter(zones.iter().cloned()).join(", "));
        let said = if zones.len() > 1 { Ok(spread) } else { Err(format!("all nodes are in one zone: {spread}")) };
        look.told(Availability, "its nodes are in several zones", said);
    }
    Ok(())
}
