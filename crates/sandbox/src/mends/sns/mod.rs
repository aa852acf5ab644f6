//! SNS. Winterbaume drops a topic's attributes, and confirms every subscription at once, so subscriptions are kept
//! here. <https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html>

use crate::context::Refusal;
use crate::typed::{Rule, Step};

mod subscriptions;
mod topics;

pub(crate) use subscriptions::{Pending, Subscription};
pub(crate) use topics::{TOPIC_SHOWN, Topic};

pub(super) fn rules() -> Vec<Rule> {
    let mut rules = topics::rules();
    rules.extend(subscriptions::rules());
    rules
}

/// SNS's error for an invalid parameter.
pub(crate) fn invalid(parameter: &str, reason: &str) -> Refusal {
    Refusal::new("InvalidParameter", format!("Invalid parameter: {parameter} Reason: {reason}"))
}

/// SNS's error for an unknown resource.
pub(crate) fn not_found(what: &str) -> Refusal {
    Refusal::new("NotFound", format!("{what} does not exist")).status(404)
}

fn step<O>(outcome: Result<O, Refusal>) -> Step<O> {
    match outcome {
        Ok(output) => Step::Answer(output),
        Err(refusal) => Step::Refuse(refusal),
    }
}
