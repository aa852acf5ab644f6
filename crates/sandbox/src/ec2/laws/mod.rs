//! EC2: the dependencies within a network, and the quotas.

mod addresses;
mod cidr;
mod endpoints;
mod gateways;
mod groups;
mod lag;
mod nats;
mod ranges;
mod subnets;
mod tables;
mod vpcs;

use crate::context::{Context, Refusal};
use crate::cross_service::network::Place;
use crate::law::Law;
use crate::typed::Step;

pub(crate) use addresses::HOLD as ADDRESS_HOLD;
pub(crate) use lag::{is_lagging, new_rule};

/// AWS's list of error codes.
const CODES: &str = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html";
/// AWS's list of quotas.
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
        endpoints::laws,
        lag::laws,
    ];
    parts.into_iter().flat_map(|laws| laws()).collect()
}

/// Refuses if `holds`.
fn refuse_if<O>(holds: bool, refusal: impl FnOnce() -> Refusal) -> Step<O> {
    if holds { Step::Refuse(refusal()) } else { Step::Pass }
}

/// AWS's refusal to delete a resource that has dependencies.
fn held(what: &str, id: &str) -> Refusal {
    Refusal::new("DependencyViolation", format!("The {what} '{id}' has dependencies and cannot be deleted."))
}

fn is_in(context: &Context<'_>, subnet: &str, vpc: &str) -> bool {
    context.recall::<Place>(subnet).is_some_and(|place| place.vpc == vpc)
}
