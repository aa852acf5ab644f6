//! Patches for behaviour that winterbaume lacks. Each says what AWS does and how winterbaume differs.
//!
//! Services that speak XML or CBOR are patched on typed inputs and outputs, those that speak JSON on the wire.

use crate::typed::Rule;
use crate::wire::WireRule;

pub(crate) mod apigateway;
pub(crate) mod autoscaling;
pub(crate) mod cloudtrail;
pub(crate) mod cloudwatch;
pub(crate) mod document;
pub(crate) mod ec2;
pub(crate) mod ecs;
pub(crate) mod efs;
pub(crate) mod elasticache;
pub(crate) mod elbv2;
pub(crate) mod iam;
pub(crate) mod kinesis;
pub(crate) mod kms;
pub(crate) mod linked;
pub(crate) mod logs;
mod lookups;
pub(crate) mod rds;
pub(crate) mod rdsdata;
pub(crate) mod s3;
pub(crate) mod secrets;
pub(crate) mod sns;
pub(crate) mod sqs;

/// All patches on typed inputs and outputs.
pub(crate) fn typed_rules() -> Vec<Rule> {
    let mut rules = ec2::typed_rules();
    rules.extend(iam::typed_rules());
    rules.extend(linked::typed_rules());
    rules.extend(rds::typed_rules());
    rules.extend(elasticache::typed_rules());
    rules.extend(elbv2::typed_rules());
    rules.extend(cloudwatch::rules());
    rules.extend(sns::rules());
    rules.extend(s3::typed_rules());
    rules
}

/// Filters and the like, which must run after all other rules.
pub(crate) fn last_rules() -> Vec<Rule> {
    ec2::filters()
}

/// All patches on the wire.
pub(crate) fn wire_rules() -> Vec<WireRule> {
    let mut rules = ec2::wire_rules();
    rules.extend(lookups::rules());
    rules.extend(rds::wire_rules());
    rules.extend(elasticache::wire_rules());
    rules.extend(ecs::rules());
    rules.extend(apigateway::rules());
    rules.extend(efs::rules());
    rules.extend(kinesis::rules());
    rules.extend(kms::rules());
    rules.extend(logs::rules());
    rules.extend(rdsdata::rules());
    rules.extend(secrets::rules());
    rules.extend(sqs::rules());
    rules.extend(autoscaling::rules());
    rules.extend(cloudtrail::rules());
    rules.extend(s3::wire_rules());
    rules
}
