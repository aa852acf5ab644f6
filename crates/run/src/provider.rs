//! Planning on a provider.
use jiff::Timestamp;
use std::rc::Rc;
use vidpipe_engine::{Drift, Graph, Kinds, Name, Plan, Result, State, pace::Timings, plan, refresh, undo};

/// A provider: its API, the kinds of its resources, and how long they usually take.
pub struct Provider<C: 'static> {
    /// The API.
    pub cloud: Rc<C>,
    /// The kinds of resources.
    pub kinds: Kinds<C>,
    /// The usual durations.
    pub timings: Timings,
}

impl<C: 'static> Provider<C> {
    /// The plan from the recorded state to the desired graph. The empty graph removes everything.
    ///
    /// # Errors
    /// When the state holds a kind this build does not know, or a value of the graph cannot be built.
    pub fn plan(&self, want: &Graph<C>, have: &State) -> Result<Plan<C>> {
        plan(want, have, self.kinds, &self.timings)
    }

    /// The plan that removes what was created since `before`.
    ///
    /// # Errors
    /// When the state holds a kind this build does not know.
    pub fn undo(&self, before: &State, have: &State) -> Result<Plan<C>> {
        undo(before, have, self.kinds, &self.timings)
    }

    /// Reads every recorded resource, and updates the state to match. Returns what is missing or differs.
    ///
    /// # Errors
    /// When a resource cannot be read.
    pub async fn refresh(&self, state: &mut State, now: Timestamp) -> Result<Vec<(Name, Drift)>> {
        refresh(&self.cloud, self.kinds, state, now).await
    }
}
