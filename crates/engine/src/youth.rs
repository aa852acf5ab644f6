//! A recently created resource is young: other services of the provider may not see it yet, or may not accept it.
use crate::{
    graph::Name,
    ledger::Ledger,
    state::{Entry, Phase},
};
use std::time::Duration;

/// For how long a resource of ours is young after a change. AWS documents this only as "eventually"; tools that used to
/// wait two minutes for EC2 now wait five: <https://github.com/hashicorp/terraform-provider-aws/issues/21829>.
pub(crate) const YOUNG: Duration = Duration::from_secs(300);

/// For how long the node, or one of its dependencies, will still be young. A node that does not exist is not young.
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
