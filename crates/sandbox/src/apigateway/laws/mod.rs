//! API Gateway: APIs, their stages, usage plans and VPC links.

mod account;
mod links;
mod plans;
mod role;
mod stages;

use crate::context::{Context, Refusal};
use crate::law::Law;
use crate::wire::{Ask, Verdict, WireRule};

const SERVICE: &str = "API Gateway";

type Rule = fn(&mut Context<'_>, &mut Ask) -> Verdict;

pub(super) fn laws() -> Vec<Law> {
    let parts = [role::laws, links::laws, stages::laws, plans::laws, account::laws];
    parts.into_iter().flat_map(|laws| laws()).collect()
}

fn before(operation: &'static str, rule: Rule) -> WireRule {
    WireRule::before(SERVICE, operation, rule)
}

/// The refusal of a bad request, the most common refusal of API Gateway.
fn bad(message: impl Into<String>) -> Verdict {
    Verdict::Refuse(Refusal::new("BadRequestException", message))
}
