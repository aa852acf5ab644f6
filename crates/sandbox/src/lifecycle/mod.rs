//! The time things take: pending, creating, deleting. The times come from the timing table.
//!
//! A rule here changes when something is said to be ready or gone, never what it is.

use crate::typed::Rule;
use crate::wire::WireRule;

mod ec2;
pub(crate) mod efs;
pub(crate) mod kinesis;
pub(crate) mod rds;
pub(crate) mod sqs;

/// Every lifecycle on typed inputs and outputs.
pub(crate) fn typed_rules() -> Vec<Rule> {
    let mut rules = ec2::rules();
    rules.extend(rds::rules());
    rules
}

/// Every lifecycle on the wire.
pub(crate) fn wire_rules() -> Vec<WireRule> {
    let mut rules = efs::rules();
    rules.extend(kinesis::rules());
    rules.extend(sqs::rules());
    rules
}
