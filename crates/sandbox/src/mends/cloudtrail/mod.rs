//! CloudTrail. Winterbaume's trails drop their tags and the log file validation, and deliver nothing. So trails are
//! kept here as JSON documents in AWS's own form; event selectors and Lake are not.

mod deliveries;
mod tags;
mod trails;

use serde_json::Value;

use crate::context::{Context, Refusal};
use crate::wire::{Ask, Verdict, WireRule};

pub(crate) use deliveries::{deliver, may_deliver};
pub(crate) use trails::KIND as TRAIL;

/// The service, as the SDK names it.
pub(crate) const SERVICE: &str = "CloudTrail";

type Operation = fn(&mut Context<'_>, &Ask) -> Result<Value, Refusal>;

/// Wraps an operation that is answered here into a wire rule.
macro_rules! answered_here {
    ($($operation:literal => $function:path),+ $(,)?) => {
        vec![$(WireRule::before(SERVICE, $operation, |context, ask| {
            let operation: Operation = $function;
            Verdict::from(operation(context, ask))
        })),+]
    };
}

pub(super) fn rules() -> Vec<WireRule> {
    answered_here![
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
    ]
}
