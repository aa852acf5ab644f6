//! The sweep at the end of a removal.
use crate::{Provider, Run};
use std::{rc::Rc, time::Duration};
use vidpipe_aws::{Aws, sweep};
use vidpipe_engine::{Plan, Result, State, Stop, Summary, Unanswered, event::Event, sweep::Swept, telling};

impl Provider<Aws> {
    /// How long the sweep takes that follows the removal of everything: services recreate some resources.
    pub fn sweep_time(&self, state: &State) -> Duration {
        sweep::lasts(state, self.timings.is_emulated())
    }
}

impl Run<Aws> {
    /// Executes a plan that removes everything, and sweeps every service, as [`Run::clear_asking`] does. What AWS may
    /// create late is asked for a second time, after a quiet minute. `words` says of a request that it has no answer yet.
    ///
    /// # Errors
    /// As for [`Run::clear_asking`].
    pub async fn clear(
        &self,
        plan: &Plan<Aws>,
        words: fn(&Unanswered<'_>) -> String,
    ) -> Result<(Summary, Option<Swept>)> {
        let progress = |why| self.ledger.tell(&Event::Sweeping { why });
        let ask = async |aws: &Rc<Aws>, state: &State, stop: &Stop| {
            let ledger = self.ledger.clone();
            let tell = move |unanswered: &Unanswered<'_>| ledger.tell(&Event::Sweeping { why: words(unanswered) });
            telling(tell, sweep::to_the_end(aws, state, stop, self.emulated, &progress)).await
        };
        self.clear_asking(plan, ask).await
    }
}
