//! `[cache]`: ElastiCache for Redis.

use serde::Serialize;

use crate::spec::field::{Any, RangeWithHint, Text, Visitor};
use crate::spec::rules;

/// One ElastiCache for Redis replication group, cluster mode off.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cache {
    /// Redis version, as `major.minor`.
    pub engine_version: String,
    /// Node type.
    pub node_type: String,
    /// Nodes: one primary, the rest replicas.
    pub nodes: u32,
    /// Whether the nodes are spread over zones.
    pub multi_az: bool,
    /// Whether a replica takes over when the primary fails.
    pub automatic_failover: bool,
}

impl Cache {
    pub(super) fn visit(&mut self, v: &mut impl Visitor) {
        let Self { engine_version, node_type, nodes, multi_az, automatic_failover } = self;
        let version_rule = Text { allowed: "one of \"6.2\", \"7.0\", \"7.1\"", check: rules::redis_version };
        v.field("engine_version", "Redis version.", &version_rule, engine_version);
        let type_rule = Text {
            allowed: "a node type with TLS and failover, such as cache.t3.micro or cache.r6g.large",
            check: rules::node_type,
        };
        v.field("node_type", "Size of every node.", &type_rule, node_type);
        v.field(
            "nodes",
            "Nodes of the replication group: one primary, the rest replicas.",
            &RangeWithHint {
                range: 2..=6,
                hint: "automatic failover needs a replica beside the primary, and a replication \
                       group holds at most 6 nodes",
            },
            nodes,
        );
        v.field("multi_az", "Spread the nodes over availability zones.", &Any, multi_az);
        v.field("automatic_failover", "Let a replica take over when the primary fails.", &Any, automatic_failover);
    }
}
