//! ElastiCache: caches, their subnet groups, and when they can be touched.

mod groups;
mod states;
mod subnet_groups;

use super::Law;
use crate::context::Refusal;
use crate::typed::Step;

pub(super) fn laws() -> Vec<Law> {
    let parts = [subnet_groups::laws, groups::laws, states::laws];
    parts.into_iter().flat_map(|laws| laws()).collect()
}

/// Passes, or refuses with that.
fn unless<O>(refusal: Option<Refusal>) -> Step<O> {
    refusal.map_or(Step::Pass, Step::Refuse)
}
