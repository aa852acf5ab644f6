//! The forecast of a run's duration, computed in the background.
use crate::{
    args::RunArgs,
    fail::{Exit, Failure, Result},
    halt::Halt,
    session::Session,
};
use std::{collections::BTreeMap, time::Duration};
use tokio::task::{JoinHandle, spawn_blocking};
use vidpipe_aws::Aws;
use vidpipe_engine::{Clock, Limits, Outlook, Plan, State, event::Forecast};
use vidpipe_report::text::duration;

/// The engine's limits for these arguments.
pub(crate) fn limits(run: &RunArgs) -> Limits {
    let timeouts: BTreeMap<String, Duration> = run.timeout.iter().cloned().collect();
    Limits { calls: usize::from(run.concurrency), timeouts, deadline: run.deadline, ..Limits::default() }
}

/// A forecast that is computed on its own thread: the first API call need not wait for it.
pub(crate) struct Forecasting {
    /// Set until the computation starts.
    outlook: Option<Outlook>,
    working: Option<JoinHandle<Option<Forecast>>>,
    known: Option<Forecast>,
    /// An emulated endpoint does not take as long as AWS: the forecast is only shown with the plan.
    emulated: bool,
}

impl Forecasting {
    /// The forecast of a plan; none if the plan changes nothing. The computation starts at once, except at an emulated
    /// endpoint.
    pub(crate) fn new(session: &Session, plan: &Plan<Aws>, have: &State, limits: &Limits, clock: Clock) -> Self {
        let mut it = Self::of(plan, have, limits, clock);
        it.emulated = session.provider().timings.is_emulated();
        if !it.emulated {
            it.begin();
        }
        it
    }

    /// The forecast of a plan that is only shown.
    pub(crate) fn of(plan: &Plan<Aws>, have: &State, limits: &Limits, clock: Clock) -> Self {
        let outlook = plan.changes().then(|| Outlook::of(plan, have, limits, clock));
        Self { outlook, working: None, known: None, emulated: false }
    }

    fn begin(&mut self) {
        if let Some(outlook) = self.outlook.take() {
            // The forecast is optional: no run fails without it.
            self.working = Some(spawn_blocking(move || outlook.forecast().ok()));
        }
    }

    /// Waits for the forecast.
    pub(crate) async fn get(&mut self) -> Option<&Forecast> {
        self.begin();
        if let Some(working) = self.working.take() {
            self.known = working.await.ok().flatten();
        }
        self.known.as_ref()
    }

    /// The forecast if it applies to the run, which it does not at an emulated endpoint.
    pub(crate) async fn of_run(&mut self) -> Option<&Forecast> {
        if self.emulated { None } else { self.get().await }
    }

    /// Refuses a plan that is not likely to finish before the deadline. `after` is the time needed after the plan.
    pub(crate) async fn fits(&mut self, halt: &Halt, after: Duration) -> Result {
        let Some((deadline, forecast)) = halt.deadline().zip(self.of_run().await) else { return Ok(()) };
        let (p50, p90) = (forecast.p50 + after, forecast.p90 + after);
        if p90 <= halt.left_of(deadline) {
            return Ok(());
        }
        let (op, most, deadline) = (duration(p50), duration(p90), duration(deadline));
        Err(Failure::new(
            Exit::Refused,
            format!("this takes about {op}, and in one case of ten more than {most}: that does not fit in {deadline}"),
        )
        .hint(format!("raise --deadline to at least {most}, or leave it out: nothing was begun")))
    }
}
