//! The stored form of a replication group, and its form in AWS's answers.

use aws_sdk_elasticache::operation::create_replication_group::CreateReplicationGroupInput;
use aws_sdk_elasticache::types::{
    AutomaticFailoverStatus, CacheCluster, CacheNode, CacheParameterGroupStatus, Endpoint, MultiAzStatus, NodeGroup,
    NodeGroupMember, ReplicationGroup, SecurityGroupMembership,
};
use serde::{Deserialize, Serialize};

use crate::store::Fact;

/// A replication group with one node group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Group {
    pub(super) arn: String,
    pub(super) region: String,
    pub(super) description: String,
    pub(super) engine: String,
    pub(super) engine_version: String,
    pub(super) node_type: String,
    pub(super) nodes: i32,
    pub(super) failover: bool,
    pub(super) multi_az: bool,
    at_rest: bool,
    in_transit: bool,
    key: Option<String>,
    port: i32,
    pub(crate) subnet_group: Option<String>,
    /// Whether its creation failed: it is then `create-failed` until it is deleted.
    #[serde(default)]
    pub(super) failed: bool,
    pub(super) security_groups: Vec<String>,
    pub(super) parameter_group: String,
    pub(super) snapshot_days: i32,
    pub(super) snapshot_window: String,
    pub(super) maintenance_window: String,
    pub(super) minor_upgrades: bool,
    pub(super) tags: Vec<(String, String)>,
}

impl Fact for Group {
    const KIND: &'static str = "elasticache:replication-group";
}

impl Group {
    pub(super) fn asked(input: &CreateReplicationGroupInput, region: &str, arn: String) -> Self {
        let text = |given: Option<&str>, otherwise: &str| given.unwrap_or(otherwise).to_owned();
        let version = input.engine_version().unwrap_or("7.1");
        let nodes =
            (input.num_cache_clusters()).or(input.replicas_per_node_group().map(|replicas| replicas + 1)).unwrap_or(1);
        Self {
            arn,
            region: region.to_owned(),
            description: text(input.replication_group_description(), ""),
            engine: text(input.engine(), "redis"),
            engine_version: full_version(version),
            node_type: text(input.cache_node_type(), "cache.t3.micro"),
            nodes,
            failover: input.automatic_failover_enabled().unwrap_or(false),
            multi_az: input.multi_az_enabled().unwrap_or(false),
            at_rest: input.at_rest_encryption_enabled().unwrap_or(false),
            in_transit: input.transit_encryption_enabled().unwrap_or(false),
            key: input.kms_key_id().map(str::to_owned),
            port: input.port().unwrap_or(6379),
            subnet_group: input.cache_subnet_group_name().map(str::to_owned),
            failed: false,
            security_groups: input.security_group_ids().to_vec(),
            parameter_group: text(input.cache_parameter_group_name(), "default.redis7"),
            snapshot_days: input.snapshot_retention_limit().unwrap_or(0),
            snapshot_window: text(input.snapshot_window(), "03:00-04:00"),
            maintenance_window: text(input.preferred_maintenance_window(), "sun:05:00-sun:06:00"),
            minor_upgrades: input.auto_minor_version_upgrade().unwrap_or(true),
            tags: (input.tags().iter())
                .filter_map(|tag| Some((tag.key()?.to_owned(), tag.value()?.to_owned())))
                .collect(),
        }
    }

    fn endpoint(&self, host: String) -> Endpoint {
        let zone = self.region.replace('-', "");
        Endpoint::builder().address(format!("{host}.sandbox.{zone}.cache.amazonaws.com")).port(self.port).build()
    }

    /// The number of replicas beside its primary.
    pub(crate) fn replicas(&self) -> i32 {
        self.nodes - 1
    }

    /// Whether automatic failover is on.
    pub(crate) fn fails_over(&self) -> bool {
        self.failover
    }

    /// The ids of its member clusters.
    pub(crate) fn members(&self, id: &str) -> Vec<String> {
        (1..=self.nodes).map(|number| format!("{id}-{number:03}")).collect()
    }

    fn zone(&self, index: usize) -> String {
        let letter = ["a", "b", "c"][index % 3];
        format!("{}{letter}", self.region)
    }

    /// The group in the form of its description; it has endpoints once its creation is complete.
    pub(super) fn describe(&self, id: &str, status: &str) -> ReplicationGroup {
        let there = !matches!(status, "creating" | "create-failed");
        let group = ReplicationGroup::builder()
            .replication_group_id(id)
            .arn(&self.arn)
            .description(&self.description)
            .status(status)
            .engine(&self.engine)
            .cache_node_type(&self.node_type)
            .set_member_clusters(Some(self.members(id)))
            .automatic_failover(if self.failover {
                AutomaticFailoverStatus::Enabled
            } else {
                AutomaticFailoverStatus::Disabled
            })
            .multi_az(if self.multi_az { MultiAzStatus::Enabled } else { MultiAzStatus::Disabled })
            .at_rest_encryption_enabled(self.at_rest)
            .transit_encryption_enabled(self.in_transit)
            .set_kms_key_id(self.key.clone())
            .snapshot_retention_limit(self.snapshot_days)
            .snapshot_window(&self.snapshot_window)
            .cluster_enabled(false)
            .auth_token_enabled(false)
            .auto_minor_version_upgrade(self.minor_upgrades);
        if there {
            return group.node_groups(self.node_group(id)).build();
        }
        group.build()
    }

    fn node_group(&self, id: &str) -> NodeGroup {
        let mut described = NodeGroup::builder()
            .node_group_id("0001")
            .status("available")
            .primary_endpoint(self.endpoint(format!("master.{id}")))
            .reader_endpoint(self.endpoint(format!("replica.{id}")));
        for (index, member) in self.members(id).into_iter().enumerate() {
            described = described.node_group_members(
                NodeGroupMember::builder()
                    .read_endpoint(self.endpoint(member.clone()))
                    .cache_cluster_id(member)
                    .cache_node_id("0001")
                    .preferred_availability_zone(self.zone(index))
                    .current_role(if index == 0 { "primary" } else { "replica" })
                    .build(),
            );
        }
        described.build()
    }

    /// A member in the form of a cluster.
    pub(super) fn member(&self, id: &str, member: &str, index: usize, status: &str) -> CacheCluster {
        let node = CacheNode::builder()
            .cache_node_id("0001")
            .cache_node_status(status)
            .endpoint(self.endpoint(member.to_owned()))
            .customer_availability_zone(self.zone(index))
            .build();
        let groups = (self.security_groups.iter())
            .map(|group| SecurityGroupMembership::builder().security_group_id(group).status("active").build())
            .collect();
        let parameters = CacheParameterGroupStatus::builder()
            .cache_parameter_group_name(&self.parameter_group)
            .parameter_apply_status("in-sync")
            .build();
        CacheCluster::builder()
            .cache_cluster_id(member)
            .arn(self.arn.replace(&format!("replicationgroup:{id}"), &format!("cluster:{member}")))
            .replication_group_id(id)
            .cache_cluster_status(status)
            .cache_node_type(&self.node_type)
            .engine(&self.engine)
            .engine_version(&self.engine_version)
            .num_cache_nodes(1)
            .preferred_availability_zone(self.zone(index))
            .preferred_maintenance_window(&self.maintenance_window)
            .set_cache_subnet_group_name(self.subnet_group.clone())
            .set_security_groups(Some(groups))
            .cache_parameter_group(parameters)
            .cache_nodes(node)
            .at_rest_encryption_enabled(self.at_rest)
            .transit_encryption_enabled(self.in_transit)
            .auto_minor_version_upgrade(self.minor_upgrades)
            .snapshot_retention_limit(self.snapshot_days)
            .snapshot_window(&self.snapshot_window)
            .build()
    }
}

/// Whether version `a` is lower than `b`.
pub(super) fn is_lower(a: &str, b: &str) -> bool {
    let numbers = |version: &str| version.split('.').map(|n| n.parse().unwrap_or(0)).collect::<Vec<u32>>();
    numbers(a) < numbers(b)
}

/// The full version AWS chooses for a requested version without a patch or minor part.
pub(super) fn full_version(asked: &str) -> String {
    match asked.matches('.').count() {
        0 => format!("{asked}.1.0"),
        1 => format!("{asked}.7"),
        _ => asked.to_owned(),
    }
}
