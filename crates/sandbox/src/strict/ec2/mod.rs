//! EC2: what holds a network together, and what lets go of it.

mod addresses;
mod cidr;
mod gateways;
mod groups;
mod lag;
mod nats;
mod ranges;
mod subnets;
mod tables;
mod vpcs;

use super::Law;
use crate::context::{Context, Refusal};
use crate::mends::ec2::Place;
use crate::typed::Step;

pub(crate) use addresses::HOLD as ADDRESS_HOLD;
pub(crate) use lag::{is_lagging, new_rule};

/// Where AWS lists its error codes with their meanings.
const CODES: &str = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html";
/// Where AWS lists how many of what there may be.
const QUOTAS: &str = "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html";

pub(super) fn laws() -> Vec<Law> {
    let parts = [
        vpcs::laws,
        subnets::laws,
        ranges::laws,
        gateways::laws,
        addresses::laws,
        nats::laws,
        tables::laws,
        groups::laws,
        lag::laws,
    ];
    parts.into_iter().flat_map(|laws| laws()).collect()
}

/// Refuses where the reason holds.
fn refuse_if<O>(holds: bool, refusal: impl FnOnce() -> Refusal) -> Step<O> {
    if holds { Step::Refuse(refusal()) } else { Step::Pass }
}

/// AWS's words for what cannot be deleted because something depends on it.
fn held(what: &str, id: &str) -> Refusal {
    Refusal::new("DependencyViolation", format!("The {what} '{id}' has dependencies and cannot be deleted."))
}

fn is_in(context: &Context<'_>, subnet: &str, vpc: &str) -> bool {
    context.recall::<Place>(subnet).is_some_and(|place| place.vpc == vpc)
}
