//! A connection to AWS, and whose credentials it uses.
use crate::Provider;
use std::{collections::BTreeMap, rc::Rc};
use vidpipe_aws::{Aws, Caller, Connection, KINDS, timings};
use vidpipe_engine::{Result, State};
use vidpipe_store::{StoreError, guard};

/// A connection to AWS.
pub struct Session {
    /// AWS, its kinds, and their usual durations: none at an emulated endpoint.
    pub provider: Provider<Aws>,
    /// The caller identity.
    pub caller: Caller,
}

impl Session {
    /// Connects, and reads the caller identity. Resources will carry these tags besides our own. Changes nothing.
    ///
    /// # Errors
    /// When an endpoint cannot be called, or the identity cannot be read.
    pub async fn connect(connection: Connection, tags: BTreeMap<String, String>) -> Result<Self> {
        let unmetered = connection.unmetered;
        let aws = Aws::connect(connection).await.tagging(tags);
        aws.endpoints.check()?;
        let caller = aws.caller().await?;
        let emulated = unmetered || aws.endpoints.emulator().is_some();
        let timings = if emulated { timings().emulated() } else { timings() };
        Ok(Self { provider: Provider { cloud: Rc::new(aws), kinds: KINDS, timings }, caller })
    }

    /// The clients of AWS.
    pub fn aws(&self) -> &Rc<Aws> {
        &self.provider.cloud
    }

    /// Refuses the state of an environment in another account.
    ///
    /// # Errors
    /// [`StoreError::Foreign`].
    pub fn guard(&self, state: &State) -> Result<(), StoreError> {
        let mut here = state.env.clone();
        here.account.clone_from(&self.caller.account);
        guard(state, &here)
    }
}
