//! One run of a command.
use crate::Provider;
use std::rc::Rc;
use vidpipe_engine::{Graph, Ledger, Limits, Plan, Result, Runner, State, Stop, Summary, event::Event, sweep::Swept};

/// One run of a command: the engine's runner, and the ledger it records to.
pub struct Run<C: 'static> {
    cloud: Rc<C>,
    runner: Runner<C>,
    pub(crate) ledger: Rc<Ledger>,
    stop: Stop,
    /// Whether the endpoint is an emulator's.
    pub(crate) emulated: bool,
}

impl<C: 'static> Run<C> {
    /// A run on that provider, which records to that ledger. It ends early when `stop` is requested.
    pub fn new(provider: &Provider<C>, ledger: Ledger, limits: Limits, stop: Stop) -> Self {
        let (cloud, ledger) = (provider.cloud.clone(), Rc::new(ledger));
        let (timings, emulated) = (provider.timings.clone(), provider.timings.is_emulated());
        let runner = Runner::new(cloud.clone(), provider.kinds, ledger.clone(), timings, limits, stop.clone());
        Self { cloud, runner, ledger, stop, emulated }
    }

    /// The ledger, which holds the state.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Reports the beginning of that command, the first event of its history.
    pub fn begin(&self, command: &str) {
        let env = self.ledger.env();
        self.ledger.tell(&Event::Began {
            command: command.into(),
            pipeline: env.pipeline.clone(),
            suffix: env.suffix.clone(),
            region: env.region.clone(),
            emulated: self.emulated,
        });
    }

    /// Executes the plan. A failure is part of the summary.
    ///
    /// # Errors
    /// When the plan's tasks form a cycle: nothing was begun.
    pub async fn apply(&self, plan: &Plan<C>) -> Result<Summary> {
        self.runner.run(plan).await
    }

    /// Executes a plan that removes everything, and asks what is left. What is ours of it is removed, and asked for again.
    ///
    /// Returns the summary, and what still exists; `None` if some nodes stay, a removal failed, or the run was stopped.
    ///
    /// # Errors
    /// When the plan's tasks form a cycle, or a leftover cannot be recorded.
    pub async fn clear_asking(
        &self,
        plan: &Plan<C>,
        ask: impl AsyncFn(&Rc<C>, &State, &Stop) -> Result<Swept>,
    ) -> Result<(Summary, Option<Swept>)> {
        self.runner.clear(plan, async |state: &State| ask(&self.cloud, state, &self.stop).await).await
    }

    /// Records the outputs of the graph after a complete run.
    ///
    /// # Errors
    /// When an output cannot be read, or the state cannot be made durable.
    pub async fn keep_outputs(&self, want: &Graph<C>) -> Result<()> {
        let outputs = self.runner.outputs(want)?;
        self.ledger.amend(|state| state.outputs = outputs).await
    }
}
