//! How long a run is likely to take, worked out beside it.
use crate::{
    cli::Doing,
    fail::{Exit, Failure, Result},
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
    Limits { calls: usize::from(doing.concurrency), timeouts, deadline: doing.deadline }
}

/// A forecast that is being worked out on a thread of its own: the first call need not wait for it.
pub(crate) struct Forecasting {
    working: Option<JoinHandle<Option<Forecast>>>,
    known: Option<Forecast>,
}

impl Forecasting {
    /// Begin with it. Where nothing takes the time it takes on AWS, and where nothing is to be done, there is none.
    pub(crate) fn begin(session: &Session, plan: &Plan<Aws>, have: &State, limits: &Limits, clock: Clock) -> Self {
        let idle = !plan.changes() || session.timings.is_elsewhere();
        let outlook = (!idle).then(|| Outlook::of(plan, have, limits, clock));
        // A forecast is a service: a run does not fail for want of one.
        let working = outlook.map(|outlook| spawn_blocking(move || outlook.forecast().ok()));
        Self { working, known: None }
    }

    /// The forecast, once it is there.
    pub(crate) async fn get(&mut self) -> Option<&Forecast> {
        if let Some(working) = self.working.take() {
            self.known = working.await.ok().flatten();
        }
        self.known.as_ref()
    }

    /// Refuse what is not likely to fit before its deadline, with so much after it that takes its time too.
    pub(crate) async fn fits(&mut self, deadline: Option<Duration>, after: Duration) -> Result {
        let Some((deadline, forecast)) = deadline.zip(self.get().await) else { return Ok(()) };
        let (p50, p90) = (forecast.p50 + after, forecast.p90 + after);
        if p90 <= deadline {
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
