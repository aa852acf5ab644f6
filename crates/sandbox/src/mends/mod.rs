//! What winterbaume lacks, added. Each mend says what AWS does and why winterbaume needs it.
//!
//! Services that speak XML or CBOR are mended where types are known, those that speak JSON on the wire.

use crate::typed::Rule;
use crate::wire::WireRule;

mod ec2;

/// Every mend on typed inputs and outputs.
pub(crate) fn typed_rules() -> Vec<Rule> {
    ec2::typed_rules()
}

/// Every mend on the wire.
pub(crate) fn wire_rules() -> Vec<WireRule> {
    ec2::wire_rules()
}
