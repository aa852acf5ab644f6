//! The sweep at the end of a removal.
use crate::{Provider, Run};
use std::time::Duration;
use vidpipe_aws::{Aws, sweep};
use vidpipe_engine::{Plan, Result, State, Summary, Unanswered, event::Event, sweep::Swept, telling};

impl Provider<Aws> {
    /// How long the sweep takes that follows the removal of everything: services recreate some resources.
    pub fn sweep_time(&self, state: &State) -> Duration {
        sweep::lasts(state, self.timings.is_emulated())
    }
}

impl Run<Aws> {
    /// Executes a plan that removes everything, and sweeps. What is left and ours is removed, and swept again. What AWS
    /// may create late is asked for a second time, after a quiet minute. `words` says of a request that it has no answer
    /// yet.
    ///
    /// Returns the summary, and what still exists; `None` if some nodes stay, a removal failed, or the run was stopped.
    ///
    /// # Errors
    /// When the plan's tasks form a cycle, or a leftover cannot be recorded.
    pub async fn clear(
        &self,
        plan: &Plan<Aws>,
        words: fn(&Unanswered<'_>) -> String,
    ) -> Result<(Summary, Option<Swept>)> {
        let progress = |why| self.ledger.tell(&Event::Sweeping { why });
        let ask = async |state: &State| {
            let ledger = self.ledger.clone();
            let tell = move |unanswered: &Unanswered<'_>| ledger.tell(&Event::Sweeping { why: words(unanswered) });
            telling(tell, sweep::to_the_end(&self.cloud, state, &self.stop, self.emulated, &progress)).await
        };
        self.runner.clear(plan, ask).await
    }
}
