//! ElastiCache. Winterbaume's replication groups have no nodes, no endpoints and no encryption, and cannot be modified,
//! so they are kept here; its subnet groups only lack their VPC.

mod group;
mod groups;
mod replicas;
mod subnet_groups;
mod tags;

use crate::context::Refusal;
use crate::typed::Rule;
use crate::wire::{Ask, Mended, WireRule};

pub(crate) use group::Group;
pub(crate) use groups::{changed, lowers, status, unavailable};
pub(crate) use subnet_groups::Modifiable;
pub(crate) use tags::find as group_of_arn;

/// Patches on typed inputs and outputs.
pub(super) fn typed_rules() -> Vec<Rule> {
    let mut rules = groups::rules();
    rules.extend(replicas::rules());
    rules.extend(subnet_groups::rules());
    rules.extend(tags::rules());
    rules
}

/// Patches on the wire.
pub(super) fn wire_rules() -> Vec<WireRule> {
    vec![WireRule::refused("ElastiCache", "*", codes)]
}

/// AWS's code has a suffix that winterbaume omits.
/// <https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DeleteCacheSubnetGroup.html>
fn codes(_: &Ask, refusal: &mut Refusal) -> Mended {
    if refusal.code == "CacheSubnetGroupNotFound" {
        refusal.code.push_str("Fault");
    }
    Mended::Stands
}
