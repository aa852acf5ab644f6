//! ElastiCache: replication groups, subnet groups, and the states that allow operations on them.

mod groups;
mod role;
mod states;
mod subnet_groups;

use crate::context::Refusal;
use crate::law::Law;
use crate::typed::Step;

pub(super) fn laws() -> Vec<Law> {
    let parts = [role::laws, subnet_groups::laws, groups::laws, states::laws];
    parts.into_iter().flat_map(|laws| laws()).collect()
}

/// Passes, or returns the refusal.
fn unless<O>(refusal: Option<Refusal>) -> Step<O> {
    refusal.map_or(Step::Pass, Step::Refuse)
}
