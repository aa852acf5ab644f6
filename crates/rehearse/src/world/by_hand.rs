//! What somebody does between two runs: past the engine, or by a word to it.
use super::World;
use jiff::Timestamp;
use std::rc::Rc;
use vidpipe_aws::KINDS;
use vidpipe_engine::{Consent, Cx, Name, Removal, Result, State, Store, Token, kind_of, refresh};

impl World {
    /// Removes what is recorded of one node by hand, past the engine; whether AWS let it go.
    ///
    /// # Errors
    /// What AWS refused it with.
    pub async fn remove_by_hand(&self, node: &Name) -> Result<()> {
        let state = self.disk.read();
        let (Some(entry), Some(id)) = (state.entries.get(node), state.entries.get(node).and_then(|e| e.phase.id()))
        else {
            return Ok(());
        };
        let kind = kind_of(KINDS, &entry.kind)?;
        let (env, token) = (Rc::new(state.env.clone()), entry.token.clone());
        let cx = Cx { cloud: self.aws.clone(), env, node: node.clone(), token };
        while kind.delete(&cx, &entry.spec, id).await? == Removal::Partly {}
        Ok(())
    }

    /// Records what that state records, as ours: made by us, in another life, long ago.
    pub(crate) fn restore(&self, recorded: &State) {
        let mut state = self.state();
        state.entries = recorded.entries.clone();
        for entry in state.entries.values_mut() {
            entry.token = Token(format!("{}-of-ours", entry.token.0));
            entry.since = Timestamp::UNIX_EPOCH;
        }
        self.write(&state);
    }

    /// From now on that is recorded.
    pub(crate) fn write(&self, state: &State) {
        self.disk.clone().save(state).expect("there is power");
    }

    /// Looks at everything recorded, as `--refresh` does, and records what is gone.
    ///
    /// # Errors
    /// When something cannot be looked at.
    pub async fn refresh(&self) -> Result<()> {
        let mut state = self.disk.read();
        refresh(&self.aws, KINDS, &mut state, self.clock.now()).await?;
        self.disk.clone().save(&state)
    }

    /// From now on `up` may lose what these nodes hold.
    pub fn allow(&self, consent: Consent) {
        *self.consent.borrow_mut() = consent;
    }
}
