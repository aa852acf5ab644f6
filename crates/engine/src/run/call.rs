//! The calls of an operation: their wait, and their retries.
use super::Runner;
use crate::{
    Class, Error, Result,
    event::Op,
    graph::Name,
    pace::Span,
    resource::{Cx, Kind},
    wait::{Failing, Wait},
};
use serde_json::Value;
use std::{ops::ControlFlow, time::Duration};

/// The shortest deadline, for kinds that never take long.
const SHORTEST_DEADLINE: Duration = Duration::from_secs(900);

/// The input of an operation on a node.
pub(super) struct Work<'a, C: 'static> {
    pub(super) name: &'a Name,
    pub(super) op: Op,
    pub(super) kind: &'static dyn Kind<C>,
    pub(super) cx: Cx<C>,
    pub(super) spec: &'a Value,
    /// It existed already and is only updated: the timing table has no durations for updates.
    pub(super) altered: bool,
}

impl<C: 'static> Runner<C> {
    fn span(&self, work: &Work<'_, C>) -> Span {
        *self.timings.of(&work.kind.timing(work.spec)).of(work.op)
    }

    /// The wait of that operation, of which the given time has already passed.
    pub(super) fn wait<'a>(&'a self, work: &'a Work<'a, C>, already: Duration) -> Wait<'a> {
        let span = self.span(work);
        let within = self.limits.timeouts.get(work.kind.name()).copied();
        Wait {
            node: work.name,
            op: work.op,
            ledger: &self.ledger,
            stop: &self.stop,
            failed_upstream: &self.failed_upstream,
            slack: &self.slack,
            rng: &self.rng,
            already,
            patience: if work.altered { Duration::ZERO } else { self.timings.patience(&span) },
            within: within.unwrap_or_else(|| SHORTEST_DEADLINE.max(span.most() * 4)),
        }
    }

    /// Make one call, as soon as the limits of the run allow it.
    pub(super) async fn call<T>(&self, work: &Work<'_, C>, call: impl Future<Output = Result<T>>) -> Result<T> {
        self.throttle.call(work.op, work.name, self.traced(work.name, call)).await
    }

    /// Retry until the call succeeds, as the table of retries allows. For idempotent calls.
    pub(super) async fn ask<T>(&self, work: &Work<'_, C>, mut ask: impl AsyncFnMut() -> Result<T>) -> Result<T> {
        self.wait(work, Duration::ZERO)
            .until(async || {
                Ok(ControlFlow::Break(match ask().await {
                    Err(e) if e.class == Class::NotFound && work.op == Op::Ensure => return Err(not_spread(e)),
                    other => other?,
                }))
            })
            .await
    }

    /// Pause before a failed call is retried; returns the error itself if a retry is not worth it.
    pub(super) async fn pause_after(
        &self,
        work: &Work<'_, C>,
        error: Error,
        failing: &mut Option<Failing>,
    ) -> Result<()> {
        match self.wait(work, Duration::ZERO).after(&error, failing) {
            Some(pause) => self.stop.pause(pause).await,
            None => Err(error.settled()),
        }
    }
}

/// A dependency was just created, and is not yet visible throughout the service.
pub(super) fn not_spread(e: Error) -> Error {
    Error { class: Class::Propagating, ..e }
}
