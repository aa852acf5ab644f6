//! How long a run is likely to take, worked out beside it.
use crate::{
    cli::Doing,
    fail::{Exit, Failure, Result},
    halt::Halt,
    session::Session,
};
use std::{collections::BTreeMap, time::Duration};
use tokio::task::{JoinHandle, spawn_blocking};
use vidpipe_aws::Aws;
use vidpipe_engine::{Clock, Limits, Outlook, Plan, State, event::Forecast};
use vidpipe_report::text::duration;

/// The limits of a run that is done so.
pub(crate) fn limits(doing: &Doing) -> Limits {
    let timeouts: BTreeMap<String, Duration> = doing.timeout.iter().cloned().collect();
    Limits { calls: usize::from(doing.concurrency), timeouts, deadline: doing.deadline, ..Limits::default() }
}

/// A forecast that is being worked out on a thread of its own: the first call need not wait for it.
pub(crate) struct Forecasting {
    /// Nobody has begun with it.
    outlook: Option<Outlook>,
    working: Option<JoinHandle<Option<Forecast>>>,
    known: Option<Forecast>,
    /// Nothing takes the time there that it takes on AWS: there it is only for the plan.
    elsewhere: bool,
}

impl Forecasting {
    /// The forecast of that plan; there is none where nothing is to be done. Where it is of use in any case, it is begun with.
    pub(crate) fn new(session: &Session, plan: &Plan<Aws>, have: &State, limits: &Limits, clock: Clock) -> Self {
        let mut it = Self::of(plan, have, limits, clock);
        it.elsewhere = session.timings.is_elsewhere();
        if !it.elsewhere {
            it.begin();
        }
        it
    }

    /// The forecast of a plan that is only looked at.
    pub(crate) fn of(plan: &Plan<Aws>, have: &State, limits: &Limits, clock: Clock) -> Self {
        let outlook = plan.changes().then(|| Outlook::of(plan, have, limits, clock));
        Self { outlook, working: None, known: None, elsewhere: false }
    }

    fn begin(&mut self) {
        if let Some(outlook) = self.outlook.take() {
            // A forecast is a service: no run fails for want of one.
            self.working = Some(spawn_blocking(move || outlook.forecast().ok()));
        }
    }

    /// The forecast, once it is there.
    pub(crate) async fn get(&mut self) -> Option<&Forecast> {
        self.begin();
        if let Some(working) = self.working.take() {
            self.known = working.await.ok().flatten();
        }
        self.known.as_ref()
    }

    /// The same, where the run will be as it says.
    pub(crate) async fn of_run(&mut self) -> Option<&Forecast> {
        if self.elsewhere { None } else { self.get().await }
    }

    /// Refuse what is not likely to fit before its deadline, with so much after it that takes its time too.
    pub(crate) async fn fits(&mut self, halt: &Halt, after: Duration) -> Result {
        let Some((deadline, forecast)) = halt.deadline().zip(self.of_run().await) else { return Ok(()) };
        let (p50, p90) = (forecast.p50 + after, forecast.p90 + after);
        if p90 <= halt.left_of(deadline) {
            return Ok(());
        }
        let (half, most, deadline) = (duration(p50), duration(p90), duration(deadline));
        Err(Failure::new(
            Exit::Refused,
            format!(
                "this takes about {half}, and in one case of ten more than {most}: that does not fit in {deadline}"
            ),
        )
        .hint(format!("raise --deadline to at least {most}, or leave it out: nothing was begun")))
    }
}
