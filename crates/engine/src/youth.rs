//! What was made moments ago is young: other services of the provider may not see it yet, or not let it be used.
use crate::{
    graph::Name,
    ledger::Ledger,
    state::{Entry, Phase},
};
use std::time::Duration;

/// For so long after something of ours changed it is young. AWS's own word is "eventually"; tools that had waited two minutes
/// for EC2 wait five now: <https://github.com/hashicorp/terraform-provider-aws/issues/21829>.
pub(crate) const YOUNG: Duration = Duration::from_secs(300);

/// For how long the node, or something that it uses, will be young still. What does not exist is not young.
pub(crate) fn left(ledger: &Ledger, node: &Name) -> Duration {
    let edges = ledger.read(node, |entry| entry.edges.clone()).unwrap_or_default();
    let left = |name: &Name| {
        let since = ledger.read(name, |entry| is_there(entry).then_some(entry.since)).flatten()?;
        Some(YOUNG.saturating_sub(ledger.clock().since(since)))
    };
    edges.iter().map(|edge| &edge.on).chain([node]).filter_map(left).max().unwrap_or_default()
}

fn is_there(entry: &Entry) -> bool {
    matches!(entry.phase, Phase::Waiting { .. } | Phase::Ready { .. })
}
