//! The time operations take: pending, creating, deleting. The times come from the timing table.
//!
//! A rule here changes when a resource is reported as ready or deleted, never its properties.

use crate::typed::Rule;
use crate::wire::WireRule;

mod ec2;
pub(crate) mod efs;
pub(crate) mod kinesis;
pub(crate) mod rds;
pub(crate) mod sqs;

/// All lifecycle rules on typed inputs and outputs.
pub(crate) fn typed_rules() -> Vec<Rule> {
    let mut rules = ec2::rules();
    rules.extend(rds::rules());
    rules
}

/// All lifecycle rules on the wire.
pub(crate) fn wire_rules() -> Vec<WireRule> {
    let mut rules = efs::rules();
    rules.extend(kinesis::rules());
    rules.extend(sqs::rules());
    rules
}
