//! One call at a time: its turn at the budget, its place among the calls in flight, and what it may wait for.
use super::Runner;
use crate::{
    Class, Error, Result,
    event::{Event, Half},
    graph::Name,
    pace::Span,
    resource::{Cx, Kind},
    wait::{Failing, Wait},
};
use serde_json::Value;
use std::{ops::ControlFlow, time::Duration};

tokio::task_local! {
    static NODE: Name;
}

/// The node that a provider is called for now: whoever carries the call can name it. `None` outside of every call.
pub fn called_for() -> Option<Name> {
    NODE.try_with(Clone::clone).ok()
}

/// A deadline nobody should meet: for kinds that never take long.
const SHORTEST_DEADLINE: Duration = Duration::from_secs(900);

/// What a half of a node's life works on.
pub(super) struct Work<'a, C: 'static> {
    pub(super) name: &'a Name,
    pub(super) half: Half,
    pub(super) kind: &'static dyn Kind<C>,
    pub(super) cx: Cx<C>,
    pub(super) spec: &'a Value,
    /// It was there already and is only changed: how long that takes is in no table.
    pub(super) altered: bool,
}

impl<C: 'static> Runner<C> {
    fn span(&self, work: &Work<'_, C>) -> Span {
        let timing = self.timings.of(work.kind.timing(work.spec));
        match work.half {
            Half::Ensure => timing.create,
            Half::Remove => timing.delete,
        }
    }

    /// The wait of that work, of which so much has passed already.
    pub(super) fn wait<'a>(&'a self, work: &'a Work<'a, C>, already: Duration) -> Wait<'a> {
        let span = self.span(work);
        let within = self.limits.timeouts.get(work.kind.name()).copied();
        Wait {
            node: work.name,
            half: work.half,
            ledger: &self.ledger,
            stop: &self.stop,
            in_vain: &self.in_vain,
            rng: &self.rng,
            already,
            patience: if work.altered { Duration::ZERO } else { self.timings.patience(&span) },
            within: within.unwrap_or_else(|| SHORTEST_DEADLINE.max(span.most() * 4)),
        }
    }

    /// Make one call when it is its turn. It is never cut short: a call that was sent is heard out.
    pub(super) async fn call<T>(&self, work: &Work<'_, C>, call: impl Future<Output = Result<T>>) -> Result<T> {
        let _place = self.calls.acquire().await.map_err(|e| Error::new(Class::Unknown, "make a call").caused_by(e))?;
        if self.stop.asked() {
            return Err(Error::new(Class::Interrupted, "make another call: stopped on request"));
        }
        NODE.scope(work.name.clone(), call).await
    }

    /// Make a call that changes something, when its budget allows.
    pub(super) async fn change<T>(&self, work: &Work<'_, C>, call: impl Future<Output = Result<T>>) -> Result<T> {
        let row = work.kind.timing(work.spec);
        let timing = self.timings.of(row);
        let (verb, rate) = match work.half {
            Half::Ensure => ("create", timing.rate),
            Half::Remove => ("delete", timing.delete_rate.unwrap_or(timing.rate)),
        };
        let budget = format!("{verb} {row}");
        let pause = self.budgets.take(&budget, rate);
        if !pause.is_zero() {
            let (node, half, budget) = (work.name.clone(), work.half, budget.clone());
            self.ledger.tell(&Event::Queued { node, half, budget, pause });
            self.stop.pause(pause).await?;
        }
        let answer = self.call(work, call).await;
        if matches!(&answer, Err(e) if e.class == Class::Throttled) {
            self.budgets.throttled(&budget);
        }
        answer
    }

    /// Ask until there is an answer, as the table of retries allows. For calls that may be asked twice.
    pub(super) async fn ask<T>(&self, work: &Work<'_, C>, mut ask: impl AsyncFnMut() -> Result<T>) -> Result<T> {
        self.wait(work, Duration::ZERO)
            .until(async || {
                Ok(ControlFlow::Break(match ask().await {
                    Err(e) if e.class == Class::NotFound && work.half == Half::Ensure => return Err(not_spread(e)),
                    other => other?,
                }))
            })
            .await
    }

    /// The pause before a failed call is made again; the error itself, if it is not worth it.
    pub(super) async fn pause_after(
        &self,
        work: &Work<'_, C>,
        error: Error,
        failing: &mut Option<Failing>,
    ) -> Result<()> {
        match self.wait(work, Duration::ZERO).after(&error, failing) {
            Some(pause) => self.stop.pause(pause).await,
            None => Err(error),
        }
    }
}

/// What it stands on was made moments ago, and the service does not see it everywhere yet.
pub(super) fn not_spread(e: Error) -> Error {
    Error { class: Class::Propagating, ..e }
}
