//! Remove everything, sweep for leftovers, and remove those too: a leftover of ours is not merely reported.
use super::{Runner, Summary};
use crate::{
    Class, Graph, Name, Result,
    event::{Event, Halt},
    plan::{Plan, plan},
    resource::{Identity, kind_of},
    state::{State, Transition as T},
    sweep::{Remains, Swept, read_again},
};
use std::collections::BTreeSet;

/// The maximum number of removals of leftovers in one run. Leftovers that keep reappearing are reported to the user.
const ROUNDS: usize = 3;

impl<C: 'static> Runner<C> {
    /// Run a removal plan; then sweep for leftovers, put those of ours back into the state, remove them, and sweep
    /// again. The last sweep is returned, so that the user sees what still remains; `None` where no sweep was made,
    /// because not everything was removed, or the run was stopped.
    ///
    /// After a run with failures, the resources that were recorded as removed are checked again too: one of them may
    /// block the removal of the rest.
    ///
    /// # Errors
    /// When the plan's tasks form a cycle, or a leftover cannot be recorded.
    pub async fn clear(
        &self,
        first: &Plan<C>,
        ask: impl AsyncFn(&State) -> Result<Swept>,
    ) -> Result<(Summary, Option<Swept>)> {
        let mut summary = self.run(first).await?;
        let mut going: BTreeSet<Name> = first.steps.iter().map(|step| step.name.clone()).collect();
        for round in 0.. {
            let (state, complete) = (self.ledger.snapshot(), summary.is_complete());
            // If some nodes were meant to stay, no sweep is needed.
            if summary.stopped || (complete && !state.entries.is_empty()) {
                return Ok((summary, None));
            }
            // On the heap: the future is large.
            let question =
                Box::pin(async { if complete { ask(&state).await } else { self.read_removed(state).await } });
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

    /// The plan to remove these nodes, and nothing else.
    fn removal(&self, going: &BTreeSet<Name>) -> Result<Plan<C>> {
        let mut have = self.ledger.snapshot();
        have.entries.retain(|name, _| going.contains(name));
        plan(&Graph::default(), &have, self.kinds, &self.timings)
    }

    async fn read_removed(&self, state: State) -> Result<Swept> {
        let removed = State { entries: Default::default(), ..state };
        read_again(&self.cloud, self.kinds, &removed, &self.stop).await
    }

    /// Record each leftover as a resource to be removed. Returns the names used.
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

    /// The name it is recorded under: that of its node, unless another resource of that node is recorded. A resource
    /// that is identified by its name is found through its node, so a second one waits until the first is deleted.
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
