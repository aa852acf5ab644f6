//! What the log of a run is sorted by: the run, the node, the call. Only spans, and that a call failed; what else happens is
//! told by events, and what went over the wire by whoever carries calls.
use super::{Half, Runner};
use crate::{Result, graph::Name, state::Environment};
use tracing::{Instrument, Span, debug, error_span};

/// The span of a run of that environment.
pub(super) fn run(env: &Environment) -> Span {
    let Environment { pipeline, suffix, account, region, .. } = env;
    error_span!("run", %pipeline, %suffix, %account, %region)
}

/// The span of a half of that node's life.
pub(super) fn node(node: &Name, half: Half) -> Span {
    let half = match half {
        Half::Remove => "remove",
        Half::Ensure => "ensure",
    };
    error_span!("node", %node, half)
}

impl<C: 'static> Runner<C> {
    /// The same call, in a span of its own that says how often it was made in vain.
    pub(super) fn traced<T>(
        &self,
        node: &Name,
        call: impl Future<Output = Result<T>>,
    ) -> impl Future<Output = Result<T>> {
        let failed = self.failed.borrow().get(node).copied().unwrap_or_default();
        let node = node.clone();
        let told = async move {
            let answer = call.await;
            let mut failed = self.failed.borrow_mut();
            match &answer {
                Ok(_) => drop(failed.remove(&node)),
                Err(e) => {
                    *failed.entry(node).or_default() += 1;
                    let (code, request_id) = (e.code.as_deref(), e.request_id.as_deref());
                    debug!(class = ?e.class, code, request_id, "failed to {e}");
                }
            }
            answer
        };
        told.instrument(error_span!("call", attempt = failed + 1))
    }
}
