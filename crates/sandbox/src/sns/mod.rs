//! SNS. Winterbaume drops a topic's attributes, and confirms every subscription at once, so subscriptions are kept
//! here. <https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html>

mod laws;
mod subscriptions;
mod topics;

use crate::backends::BackendOf;
use crate::budgets::TokenBucket;
use crate::context::Refusal;
use crate::faults::FaultCodes;
use crate::log::Id;
use crate::service::{Resource, Rules, Service, Standing};
use crate::store::Fact;
use crate::typed::{Rule, Step};

pub(crate) use subscriptions::{Pending, Subscription};
pub(crate) use topics::{TOPIC_SHOWN, Topic};

pub(crate) static SNS: Service = Service {
    backend: Some(BackendOf::new::<winterbaume_sns::SnsService>("sns")),
    laws: laws::laws,
    model: Rules::typed(rules),
    creates: &[("CreateTopic", Id::Answer("topic_arn")), ("Subscribe", Id::Answer("subscription_arn"))],
    budget,
    codes: FaultCodes::QUERY,
    unfound: |_| Some(("NotFound", 404)),
    kept: &[Pending::KIND, Subscription::KIND],
    standing,
    ..Service::new("SNS", "sns")
};

/// The smallest of the regional quotas. <https://docs.aws.amazon.com/general/latest/gr/sns.html>
fn budget(operation: &str) -> Vec<TokenBucket> {
    let rate = if matches!(operation, "Subscribe" | "Unsubscribe") { 100.0 } else { 30.0 };
    vec![TokenBucket::new(operation, rate, rate)]
}

/// A subscription that was not confirmed goes by itself, and so does one whose topic is deleted.
fn standing(resource: &Resource<'_>) -> Standing {
    match (resource.kind, resource.state()) {
        ("pending-subscription", _) | ("subscription", "orphaned") => Standing::Tombstone,
        _ => Standing::Exists,
    }
}

fn rules() -> Vec<Rule> {
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
