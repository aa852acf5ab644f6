//! Operations between two runs: changes made outside the engine, and consent given to it.
use super::Harness;
use jiff::Timestamp;
use std::rc::Rc;
use vidpipe_aws::KINDS;
use vidpipe_engine::{Consent, Cx, Name, Removal, Result, State, Token, kind_of};

impl Harness {
    /// Deletes the recorded resource of one node by hand, outside the engine.
    ///
    /// # Errors
    /// The error with which AWS refused the deletion.
    pub async fn remove_by_hand(&self, node: &Name) -> Result<()> {
        let state = self.disk.read();
        let (Some(entry), Some(id)) = (state.entries.get(node), state.entries.get(node).and_then(|e| e.phase.id()))
        else {
            return Ok(());
        };
        let kind = kind_of(KINDS, &entry.kind)?;
        let (env, token) = (Rc::new(state.env.clone()), entry.token.clone());
        let cx = Cx { cloud: self.session.aws().clone(), env, node: node.clone(), token };
        while kind.delete(&cx, &entry.spec, id).await? == Removal::Partly {}
        Ok(())
    }

    /// Records the entries of that state as this environment's own, created long ago by an earlier run.
    pub(crate) fn restore(&self, recorded: &State) {
        let mut state = self.state();
        state.entries = recorded.entries.clone();
        for entry in state.entries.values_mut() {
            entry.token = Token(format!("{}-of-ours", entry.token.0));
            entry.since = Timestamp::UNIX_EPOCH;
        }
        self.write(&state);
    }

    /// Saves that state.
    pub(crate) fn write(&self, state: &State) {
        self.disk.clone().keep(state).expect("there is power");
    }

    /// Reads everything recorded, as `--refresh` does, and records which resources are deleted.
    ///
    /// # Errors
    /// If a resource cannot be read.
    pub async fn refresh(&self) -> Result<()> {
        let mut state = self.disk.read();
        self.session.provider.refresh(&mut state, self.clock.now()).await?;
        self.disk.clone().keep(&state)
    }

    /// Sets the consent of later runs of `up` to the loss of data.
    pub fn allow(&self, consent: Consent) {
        *self.consent.borrow_mut() = consent;
    }
}
