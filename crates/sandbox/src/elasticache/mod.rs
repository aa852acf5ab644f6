//! ElastiCache. Winterbaume's replication groups have no nodes, no endpoints and no encryption, and cannot be modified,
//! so they are kept here; its subnet groups only lack their VPC.

mod group;
mod groups;
mod laws;
mod replicas;
mod subnet_groups;
mod tags;

use crate::backends::BackendOf;
use crate::context::Refusal;
use crate::faults::FaultCodes;
use crate::log::Id;
use crate::service::{Rules, Service};
use crate::store::Fact;
use crate::typed::Rule;
use crate::wire::{Ask, Corrected, WireRule};

pub(crate) use group::Group;
pub(crate) use groups::{changed, lowers, status, unavailable};
pub(crate) use subnet_groups::Modifiable;
pub(crate) use tags::find as group_of_arn;

pub(crate) static ELASTICACHE: Service = Service {
    backend: Some(BackendOf::new::<winterbaume_elasticache::ElastiCacheService>("elasticache")),
    laws: laws::laws,
    model: Rules { typed: typed_rules, wire: wire_rules },
    creates: &[
        ("CreateCacheSubnetGroup", Id::Request(&["cache_subnet_group_name"])),
        ("CreateReplicationGroup", Id::Answer("replication_group_id")),
    ],
    codes: FaultCodes::QUERY,
    unfound: |operation| {
        let of_group = operation.contains("SubnetGroup");
        Some(if of_group { ("CacheSubnetGroupNotFoundFault", 400) } else { ("ReplicationGroupNotFoundFault", 404) })
    },
    kept: &[Group::KIND],
    ..Service::new("ElastiCache", "elasticache")
};

/// The rules of the model on typed inputs and outputs.
fn typed_rules() -> Vec<Rule> {
    let mut rules = groups::rules();
    rules.extend(replicas::rules());
    rules.extend(subnet_groups::rules());
    rules.extend(tags::rules());
    rules
}

/// The rules of the model on the wire.
fn wire_rules() -> Vec<WireRule> {
    vec![WireRule::refused("ElastiCache", "*", codes)]
}

/// AWS's code has a suffix that winterbaume omits.
/// <https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DeleteCacheSubnetGroup.html>
fn codes(_: &Ask, refusal: &mut Refusal) -> Corrected {
    if refusal.code == "CacheSubnetGroupNotFound" {
        refusal.code.push_str("Fault");
    }
    Corrected::Stands
}
