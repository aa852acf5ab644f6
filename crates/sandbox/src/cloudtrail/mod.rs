//! CloudTrail, without a backend: winterbaume's trails drop their tags and the log file validation, and deliver nothing.
//! Trails are kept here as JSON documents in AWS's own form; event selectors and Lake are not.

mod deliveries;
mod laws;
mod tags;
mod trails;

use serde_json::Value;

use crate::budgets::TokenBucket;
use crate::context::{Context, Refusal};
use crate::faults::is_read;
use crate::log::Id;
use crate::service::{Rules, Service};
use crate::wire::{Ask, Verdict, WireRule};

pub(crate) use deliveries::may_deliver;
pub(crate) use trails::KIND as TRAIL;

/// The service, as the SDK names it.
pub(crate) const SERVICE: &str = "CloudTrail";

type Operation = fn(&mut Context<'_>, &Ask) -> Result<Value, Refusal>;

pub(crate) static CLOUDTRAIL: Service = Service {
    laws: laws::laws,
    model: Rules::wire(rules),
    creates: &[("CreateTrail", Id::Answer("trail_arn"))],
    budget,
    unfound: |_| Some(("TrailNotFoundException", 400)),
    kept: &[TRAIL],
    ..Service::new(SERVICE, "cloudtrail")
};

/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html>
fn budget(operation: &str) -> Vec<TokenBucket> {
    let rate = if is_read(operation) { 10.0 } else { 1.0 };
    vec![TokenBucket::new(operation, rate, rate)]
}

/// Wraps an operation that is answered here into a wire rule.
macro_rules! answered_here {
    ($($operation:literal => $function:path),+ $(,)?) => {
        vec![$(WireRule::before(SERVICE, $operation, |context, ask| {
            let operation: Operation = $function;
            Verdict::from(operation(context, ask))
        })),+]
    };
}

fn rules() -> Vec<WireRule> {
    let mut rules = answered_here![
        "CreateTrail" => trails::create,
        "GetTrail" => trails::get,
        "DescribeTrails" => trails::describe,
        "ListTrails" => trails::list,
        "UpdateTrail" => trails::update,
        "DeleteTrail" => trails::delete,
        "GetTrailStatus" => trails::status,
        "StartLogging" => trails::start,
        "StopLogging" => trails::stop,
        "AddTags" => tags::add,
        "RemoveTags" => tags::remove,
        "ListTags" => tags::list,
    ];
    rules.push(WireRule::before("S3", "*", |context, ask| {
        if let Some(bucket) = ask.path.first() {
            deliveries::deliver(context, bucket);
        }
        Verdict::Pass
    }));
    rules
}
