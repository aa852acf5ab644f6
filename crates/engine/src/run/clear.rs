//! Remove everything, ask what is still there, and remove that too: nothing that was found to be ours is only told of.
use super::{Runner, Summary};
use crate::{
    Class, Graph, Name, Result,
    event::{Event, Halt},
    plan::{Plan, plan},
    resource::{Identity, kind_of},
    state::{State, Transition as T},
    sweep::{Remains, Swept, look_again},
};
use std::collections::BTreeSet;

/// What was found is removed at most so often in one run: what comes back every time is for the user to hear of.
const ROUNDS: usize = 3;

impl<C: 'static> Runner<C> {
    /// Do the plan of a removal; then ask what is still there, put what is ours of it back into the state, remove it, and ask
    /// again. What is found after all that is in the answer, for somebody to see; `None` where it was not asked, because not
    /// everything went, or it was stopped.
    ///
    /// What a run with failures believed to be gone is looked at again as well: it may be what the rest is held by.
    ///
    /// # Errors
    /// When the plan's tasks wait for each other in a circle, or what was found cannot be written down.
    pub async fn clear(
        &self,
        first: &Plan<C>,
        ask: impl AsyncFn(&State) -> Result<Swept>,
    ) -> Result<(Summary, Option<Swept>)> {
        let mut summary = self.run(first).await?;
        let mut going: BTreeSet<Name> = first.steps.iter().map(|step| step.name.clone()).collect();
        for round in 0.. {
            let (state, complete) = (self.ledger.snapshot(), summary.is_complete());
            // Where something was to stay, there is nothing to ask for.
            if summary.stopped || (complete && !state.entries.is_empty()) {
                return Ok((summary, None));
            }
            // On the heap: what is asked is deep.
            let question =
                Box::pin(async { if complete { ask(&state).await } else { self.look_at_removed(state).await } });
            let asked = self.stop.unless_asked(question).await;
            let swept = match asked {
                Err(e) if e.class == Class::Interrupted => break,
                other => other?,
            };
            if complete {
                self.ledger.tell(&Event::Swept(swept.clone()));
            }
            let found = if round < ROUNDS { self.put_back(&swept).await? } else { Vec::new() };
            if found.is_empty() {
                return Ok((summary, complete.then_some(swept)));
            }
            going.extend(found);
            summary = summary.then(self.run(&self.removal(&going)?).await?);
        }
        let why = self.stop.why().unwrap_or_default();
        self.ledger.tell(&Event::Stopping { why });
        Ok((Summary { stopped: true, late: why == Halt::Deadline, ..summary }, None))
    }

    /// The removal of these nodes, and of nothing else.
    fn removal(&self, going: &BTreeSet<Name>) -> Result<Plan<C>> {
        let mut have = self.ledger.snapshot();
        have.entries.retain(|name, _| going.contains(name));
        plan(&Graph::default(), &have, self.kinds, &self.timings)
    }

    async fn look_at_removed(&self, state: State) -> Result<Swept> {
        let removed = State { entries: Default::default(), ..state };
        look_again(&self.cloud, self.kinds, &removed, &self.stop).await
    }

    /// Write down what is left as something that is to go; under which names.
    async fn put_back(&self, swept: &Swept) -> Result<Vec<Name>> {
        let mut put = Vec::new();
        for remains in swept.remains() {
            let Some(name) = self.name_for(remains)? else { continue };
            let Remains { kind, spec, edges, token, id, .. } = remains.clone();
            self.ledger.record(&name, T::Found { kind, spec, edges, token, id }).await?;
            put.push(name);
        }
        Ok(put)
    }

    /// The name it is recorded under: its node's own, unless another thing of that node is recorded. What is known by its
    /// name is found by its node, so a second one waits until the first is gone.
    fn name_for(&self, remains: &Remains) -> Result<Option<Name>> {
        let taken = |name: &Name| self.ledger.read(name, |_| ()).is_some();
        if !taken(&remains.node) {
            return Ok(Some(remains.node.clone()));
        }
        let second = Name(format!("{} {}", remains.node, remains.id));
        let named = kind_of(self.kinds, &remains.kind)?.identity() == Identity::Named;
        Ok((!named && !taken(&second)).then_some(second))
    }
}
