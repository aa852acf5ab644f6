//! An ElastiCache for Redis
//! [replication group](https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html)
//! with cluster mode disabled: a primary and its replicas, encrypted at rest and in transit. Its tags can be read only
//! while it is `available`. It is deleted as a whole, never node by node.
mod seen;

use crate::{
    Aws, Cx, OrFail,
    check::CheckCx,
    declare::AwsKind,
    ec2::interfaces,
    elasticache::{owner, verify},
    kms::key_for,
    permissions::{Permission, allow},
    settings::unless_as_wanted,
    tags,
};
use aws_sdk_elasticache::types::{CacheCluster, ReplicationGroup as Seen, Tag};
use serde::{Deserialize, Serialize};
use vidpipe_engine::{
    Change, Class, Drawn, Error, Identity, Observed, Owned, Owner, PhysicalId, Removal, Resource, Result,
};

/// The specification of the resource.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct ReplicationGroup {
    /// Its id, in lower case, at most 40 characters, unique in the account and region.
    pub name: String,
    /// The description.
    pub description: String,
    /// The Redis version, such as `7.0`. It can be raised but never lowered.
    pub engine_version: String,
    /// The node type, such as `cache.t3.micro`.
    pub node_type: String,
    /// The number of nodes: one primary, the rest replicas.
    pub nodes: u16,
    /// Whether the nodes are spread over zones.
    pub multi_az: bool,
    /// Whether a replica is promoted when the primary fails.
    pub automatic_failover: bool,
    /// Days that daily snapshots are kept; 0 for none.
    pub snapshot_retention_days: u16,
    /// The ARN of the KMS key it is encrypted with at rest; `None` is AWS's own key.
    pub kms_key: Option<String>,
    /// The subnet group it is placed in.
    pub subnet_group: String,
    /// Its security groups.
    pub security_group_ids: Vec<String>,
}

/// The outputs other nodes may use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReplicationGroupOutput {
    /// The host name of the primary endpoint.
    pub primary_host: String,
    /// The port of all nodes.
    pub port: String,
    /// The host name of the reader endpoint, which spreads over the replicas.
    pub reader_host: String,
    /// `arn:aws:elasticache:...:replicationgroup:...`
    pub arn: String,
    /// The ids of its nodes' cache clusters, as used in metrics.
    pub member_ids: Vec<String>,
}

impl ReplicationGroup {
    async fn read(&self, cx: &Cx, id: &str) -> Result<Option<Seen>> {
        let call = cx.cloud.elasticache.describe_replication_groups().replication_group_id(id);
        match call.send().await.or_fail("read the replication group") {
            Err(e) if e.class == Class::NotFound => Ok(None),
            other => Ok(other?.replication_groups.unwrap_or_default().into_iter().next()),
        }
    }

    /// One of its nodes. ElastiCache returns the running version and the security groups only for nodes.
    async fn node(&self, cx: &Cx, seen: &Seen) -> Result<Option<CacheCluster>> {
        let Some(id) = seen.member_clusters().first() else { return Ok(None) };
        let call = cx.cloud.elasticache.describe_cache_clusters().cache_cluster_id(id);
        match call.send().await.or_fail("read a node of the replication group") {
            Err(e) if e.class == Class::NotFound => Ok(None),
            other => Ok(other?.cache_clusters.unwrap_or_default().into_iter().next()),
        }
    }

    /// The state after it is deleted: its network interfaces may still exist.
    async fn released(&self, cx: &Cx) -> Result<Observed<ReplicationGroupOutput>> {
        let of_nodes = |d: &str| d.starts_with("ElastiCache ");
        interfaces::released(cx, &self.security_group_ids, "its nodes", of_nodes).await
    }

    /// Sets the desired number of replicas. AWS rejects a change to the current number.
    async fn resize(&self, cx: &Cx, id: &str, has: usize) -> Result<()> {
        let replicas = i32::from(self.nodes) - 1;
        match usize::from(self.nodes).cmp(&has) {
            std::cmp::Ordering::Equal => Ok(()),
            std::cmp::Ordering::Greater => {
                let call = cx.cloud.elasticache.increase_replica_count().replication_group_id(id);
                let call = call.new_replica_count(replicas).apply_immediately(true);
                call.send().await.or_fail("add replicas to the replication group").map(drop)
            }
            std::cmp::Ordering::Less => {
                let call = cx.cloud.elasticache.decrease_replica_count().replication_group_id(id);
                let call = call.new_replica_count(replicas).apply_immediately(true);
                call.send().await.or_fail("remove replicas from the replication group").map(drop)
            }
        }
    }
}

impl Resource for ReplicationGroup {
    type Cloud = Aws;
    type Output = ReplicationGroupOutput;
    const KIND: &'static str = "elasticache:replication-group";
    const IDENTITY: Identity = Identity::Named;
    const OWNER: Owner = Owner::Tags;
    const DRAWN: Drawn = Drawn::Box;
    const UPDATES: bool = true;
    const READS_AFTER_UPDATE: u32 = 3;
    const TIMING: &'static str = "elasticache_replication_group_2node_maz";
    const DATA_LOSS: Option<&'static str> = Some("what is cached in it");

    fn size(&self) -> Option<&str> {
        Some(&self.node_type)
    }

    async fn create(&self, cx: &Cx) -> Result<PhysicalId> {
        let tags = tags::typed(cx, &self.name, |k, v| Tag::builder().key(k).value(v).build());
        let call = cx.cloud.elasticache.create_replication_group().replication_group_id(&self.name);
        let call = call.replication_group_description(&self.description);
        let call = call.engine("redis").engine_version(&self.engine_version).cache_node_type(&self.node_type);
        let call = call.num_cache_clusters(self.nodes.into()).multi_az_enabled(self.multi_az);
        let call = call.automatic_failover_enabled(self.automatic_failover);
        let call = call.at_rest_encryption_enabled(true).transit_encryption_enabled(true);
        let call = call.set_kms_key_id(self.kms_key.clone()).cache_subnet_group_name(&self.subnet_group);
        let call = call.set_security_group_ids(Some(self.security_group_ids.clone()));
        let call = call.snapshot_retention_limit(self.snapshot_retention_days.into()).set_tags(Some(tags));
        call.send().await.or_fail("create the replication group")?;
        Ok(PhysicalId(self.name.clone()))
    }

    async fn find(&self, cx: &Cx) -> Result<Option<PhysicalId>> {
        let Some(seen) = self.read(cx, &self.name).await? else { return Ok(None) };
        let (Some(arn), status) = (seen.arn(), seen.status().unwrap_or_default()) else { return Ok(None) };
        if matches!(status, "deleting" | "deleted") {
            return Ok(None);
        }
        let call = cx.cloud.elasticache.list_tags_for_resource().resource_name(arn);
        let ours = match call.send().await.or_fail("read the replication group's tags") {
            Ok(seen) => tags::are_ours(cx, seen.tag_list().iter().filter_map(|t| Some((t.key()?, t.value()?)))),
            // Its tags cannot be read, and it never held data: the name alone identifies it.
            Err(e) if status == "create-failed" && e.class == Class::Busy => true,
            Err(e) => return Err(e),
        };
        Ok(ours.then(|| PhysicalId(self.name.clone())))
    }

    async fn owner(&self, cx: &Cx, id: &PhysicalId) -> Result<Owned> {
        let Some(seen) = self.read(cx, &id.0).await? else { return Ok(Owned::Absent) };
        let (Some(arn), status) = (seen.arn(), seen.status().unwrap_or_default()) else { return Ok(Owned::Absent) };
        if matches!(status, "deleting" | "deleted") {
            return Ok(Owned::Absent);
        }
        match owner::tagged(cx, arn).await {
            // Its tags cannot be read, and it never held data: the name alone identifies it.
            Err(e) if status == "create-failed" && e.class == Class::Busy => Ok(Owned::Ours),
            owned => owned,
        }
    }

    async fn observe(&self, cx: &Cx, id: &PhysicalId) -> Result<Observed<ReplicationGroupOutput>> {
        let Some(seen) = self.read(cx, &id.0).await? else {
            return self.released(cx).await;
        };
        let (status, known) = (seen.status().unwrap_or_default(), seen::output(&seen));
        Ok(match status {
            // It keeps this status for a while after it is deleted.
            "deleted" => return self.released(cx).await,
            "create-failed" => Observed::Broken("create-failed".into()),
            "available" => {
                let node = self.node(cx, &seen).await?;
                seen::settings(self, &seen, node.as_ref()).observed(known, "it has no endpoints yet")
            }
            "deleting" => Observed::pending("deleting"),
            status => Observed::Pending { why: status.to_owned(), known },
        })
    }

    /// Makes several calls. AWS accepts one at a time and rejects the next as busy until the previous change is done;
    /// the engine then repeats the whole update.
    async fn update(&self, cx: &Cx, id: &PhysicalId) -> Result<()> {
        let Some(seen) = self.read(cx, &id.0).await? else {
            return Err(Error::new(Class::NotFound, format!("change the replication group: no {id}")));
        };
        self.resize(cx, &id.0, seen.member_clusters().len()).await?;
        let node = self.node(cx, &seen).await?;
        let call = cx.cloud.elasticache.modify_replication_group().replication_group_id(&id.0).apply_immediately(true);
        match seen::settings(self, &seen, node.as_ref()).ask(call) {
            None => Ok(()),
            Some(call) => unless_as_wanted(call.send().await.or_fail("change the replication group").map(drop)),
        }
    }

    async fn delete(&self, cx: &Cx, id: &PhysicalId) -> Result<Removal> {
        if self.read(cx, &id.0).await?.is_some_and(|seen| matches!(seen.status(), Some("deleting" | "deleted"))) {
            return Ok(Removal::Asked);
        }
        let call = cx.cloud.elasticache.delete_replication_group().replication_group_id(&id.0);
        // Without a snapshot id no final snapshot is taken.
        call.retain_primary_cluster(false).send().await.or_fail("delete the replication group")?;
        Ok(Removal::Asked)
    }

    fn change(&self, old: &Self) -> Change {
        let fixed = |g: &Self| (g.name.clone(), g.kms_key.clone(), g.subnet_group.clone());
        let lowered = seen::numbers(&self.engine_version) < seen::numbers(&old.engine_version);
        match (self == old, fixed(self) == fixed(old) && !lowered) {
            (true, _) => Change::None,
            (false, true) => Change::Update,
            (false, false) => Change::Replace,
        }
    }
}

impl AwsKind for ReplicationGroup {
    const PERMISSIONS: &'static [Permission] = &[
        allow(&[
            "elasticache:AddTagsToResource",
            "elasticache:CreateReplicationGroup",
            "elasticache:DecreaseReplicaCount",
            "elasticache:DeleteReplicationGroup",
            "elasticache:IncreaseReplicaCount",
            "elasticache:ModifyReplicationGroup",
        ])
        .on(&[
            "arn:aws:elasticache:*:*:cluster:{name}-*",
            "arn:aws:elasticache:*:*:replicationgroup:{name}",
            "arn:aws:elasticache:*:*:subnetgroup:{elasticache:subnet-group.name}",
            "arn:aws:elasticache:*:*:parametergroup:default.*",
        ]),
        allow(&[
            "elasticache:DescribeCacheClusters",
            "elasticache:DescribeReplicationGroups",
            "elasticache:ListTagsForResource",
            "ec2:DescribeNetworkInterfaces",
        ]),
        key_for(&["dax.*.amazonaws.com", "elasticache.*.amazonaws.com"]),
    ];

    async fn check(check: &CheckCx<'_>, want: Self) -> Result<()> {
        verify::replication_group(check, want).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn spec() -> ReplicationGroup {
        ReplicationGroup {
            name: "redis-demo".into(),
            description: "cache".into(),
            engine_version: "7.0".into(),
            node_type: "cache.t3.micro".into(),
            nodes: 2,
            multi_az: true,
            automatic_failover: true,
            snapshot_retention_days: 0,
            kms_key: None,
            subnet_group: "${cache-subnets.name}".into(),
            security_group_ids: vec!["${cache-sg.id}".into()],
        }
    }

    #[test]
    fn what_a_change_takes() {
        let old = spec();
        let cases = [
            (spec(), Change::None),
            (ReplicationGroup { node_type: "cache.m7g.large".into(), ..spec() }, Change::Update),
            (ReplicationGroup { nodes: 3, ..spec() }, Change::Update),
            (ReplicationGroup { engine_version: "7.1".into(), ..spec() }, Change::Update),
            (ReplicationGroup { engine_version: "6.2".into(), ..spec() }, Change::Replace),
            (ReplicationGroup { kms_key: Some("arn".into()), ..spec() }, Change::Replace),
        ];
        for (new, change) in cases {
            assert_eq!(new.change(&old), change, "{new:?}");
        }
    }
}
