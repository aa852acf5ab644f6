//! RDS. Winterbaume's instances are right in outline; what it drops of a request is kept here and shown again.

mod backups;
mod engines;
mod instances;
mod logs;
mod parameters;
mod subnet_groups;

use crate::context::Refusal;
use crate::typed::Rule;
use crate::wire::{Ask, Mended, WireRule};

pub(crate) use backups::{Backup, instance_goes};
pub(crate) use engines::is_offered;
pub(crate) use instances::Instance;
pub(crate) use logs::written;
pub(crate) use parameters::{Modified, is_static};
pub(crate) use subnet_groups::Located;

/// Mends on typed inputs and outputs.
pub(super) fn typed_rules() -> Vec<Rule> {
    let mut rules = engines::rules();
    rules.extend(parameters::rules());
    rules.extend(subnet_groups::rules());
    rules.extend(instances::rules());
    rules.extend(backups::rules());
    rules
}

/// Mends on the wire.
pub(super) fn wire_rules() -> Vec<WireRule> {
    let mut rules = logs::rules();
    rules.push(WireRule::refused("RDS", "*", codes));
    rules
}

/// AWS's code for a subnet group has a suffix that winterbaume leaves out.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBSubnetGroup.html>
fn codes(_: &Ask, refusal: &mut Refusal) -> Mended {
    if refusal.code == "DBSubnetGroupNotFound" {
        refusal.code.push_str("Fault");
    }
    Mended::Stands
}
