//! KMS: keys with their waiting period before deletion, their aliases and their policies.

mod aliases;
mod lag;
mod policies;
mod states;

use crate::context::Refusal;
use crate::law::Law;
use crate::wire::Verdict;

const SERVICE: &str = "KMS";

pub(super) fn laws() -> Vec<Law> {
    let parts = [states::laws, aliases::laws, policies::laws, lag::laws];
    parts.into_iter().flat_map(|laws| laws()).collect()
}

/// Passes, or returns the refusal.
fn unless(refusal: Option<Refusal>) -> Verdict {
    refusal.map_or(Verdict::Pass, Verdict::Refuse)
}
