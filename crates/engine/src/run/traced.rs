//! The tracing spans of a run: run, node and call. This module logs only spans and failed calls; everything else is
//! reported by events, and requests and responses are logged by the code that sends them.
use super::{Op, Runner};
use crate::{Result, graph::Name, state::Environment};
use tracing::{Instrument, Span, debug, error_span};

/// The span of a run of that environment.
pub(super) fn run(env: &Environment) -> Span {
    let Environment { pipeline, suffix, account, region, .. } = env;
    error_span!("run", %pipeline, %suffix, %account, %region)
}

/// The span of an operation on that node.
pub(super) fn node(node: &Name, op: Op) -> Span {
    let op = match op {
        Op::Remove => "remove",
        Op::Ensure => "ensure",
    };
    error_span!("node", %node, op)
}

impl<C: 'static> Runner<C> {
    /// The same call, in its own span with the number of the attempt.
    pub(super) fn traced<T>(
        &self,
        node: &Name,
        call: impl Future<Output = Result<T>>,
    ) -> impl Future<Output = Result<T>> {
        let failed = self.failed.borrow().get(node).copied().unwrap_or_default();
        let node = node.clone();
        let logged = async move {
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
        logged.instrument(error_span!("call", attempt = failed + 1))
    }
}
