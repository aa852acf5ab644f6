//! Winterbaume's services: routing, snapshots and restoring.
//!
//! Nothing here changes their answers.

use std::collections::BTreeMap;
use std::pin::Pin;

use futures::FutureExt;
use serde_json::Value;
use tokio::task::unconstrained;
use winterbaume_core::{MockRequest, MockResponse, StatefulService};

use crate::account::{ACCOUNT_ID, GLOBAL};
use crate::error::{Error, Result};

/// The state of every service in one region, by the service's key.
pub(crate) type Snapshot = BTreeMap<String, Value>;

/// The backend of a service, and where it is reached.
#[derive(Clone, Copy)]
pub(crate) struct BackendOf {
    /// The first label of the host name.
    endpoint: &'static str,
    make: fn() -> Box<dyn Backend>,
    /// Adds the resources that exist in every account from the start.
    seed: Option<fn(&mut Value)>,
}

impl BackendOf {
    /// A backend that is empty at first.
    pub(crate) const fn new<S: StatefulService + Default>(endpoint: &'static str) -> Self {
        Self { endpoint, make: || Box::new(S::default()), seed: None }
    }

    /// Adds the resources that exist in every account, to the state in the global region.
    pub(crate) const fn with(self, seed: fn(&mut Value)) -> Self {
        Self { seed: Some(seed), ..self }
    }
}

type Answering<'a> = Pin<Box<dyn Future<Output = MockResponse> + Send + 'a>>;

/// A service of winterbaume.
trait Backend: Send + Sync {
    fn answer(&self, request: MockRequest) -> Answering<'_>;

    fn take(&self, name: &'static str, region: &str) -> Result<Value>;

    fn give(&self, name: &'static str, region: &str, state: Value) -> Result<()>;
}

impl<S: StatefulService> Backend for S {
    fn answer(&self, request: MockRequest) -> Answering<'_> {
        self.handle(request)
    }

    fn take(&self, name: &'static str, region: &str) -> Result<Value> {
        // The backends wait for their own locks only, which are free unless a call is in flight. `unconstrained`
        // switches off tokio's cooperative budget, which could make the future pending without contention.
        let state = unconstrained(self.snapshot(ACCOUNT_ID, region)).now_or_never().ok_or(Error::Busy)?;
        serde_json::to_value(state).map_err(|error| refused(name, error))
    }

    fn give(&self, name: &'static str, region: &str, state: Value) -> Result<()> {
        let state = serde_json::from_value(state).map_err(|error| refused(name, error))?;
        unconstrained(self.restore(ACCOUNT_ID, region, state))
            .now_or_never()
            .ok_or(Error::Busy)?
            .map_err(|error| refused(name, error.to_string()))
    }
}

struct Named {
    key: &'static str,
    of: BackendOf,
    backend: Box<dyn Backend>,
}

/// One backend for each AWS service that has one.
pub(crate) struct Backends(Vec<Named>);

impl Backends {
    /// Empty backends, each under the key of its service.
    pub(crate) fn new(services: impl Iterator<Item = (&'static str, BackendOf)>) -> Self {
        Self(services.map(|(key, of)| Named { key, of, backend: (of.make)() }).collect())
    }

    /// The answer of the service at `endpoint`, the first label of its host name.
    pub(crate) async fn handle(&self, endpoint: &str, request: MockRequest) -> MockResponse {
        match self.0.iter().find(|named| named.of.endpoint == endpoint) {
            Some(named) => named.backend.answer(request).await,
            None => MockResponse::error(501, "NotImplemented", "the sandbox does not answer this operation"),
        }
    }

    /// The state of every service in `region`.
    pub(crate) fn snapshot(&self, region: &str) -> Result<Snapshot> {
        self.0.iter().map(|named| Ok((named.key.to_owned(), named.backend.take(named.key, region)?))).collect()
    }

    /// Replaces the state of the services named in `snapshot`.
    pub(crate) fn restore(&self, region: &str, mut snapshot: Snapshot) -> Result<()> {
        for named in &self.0 {
            if let Some(state) = snapshot.remove(named.key) {
                named.backend.give(named.key, region, state)?;
            }
        }
        Ok(())
    }

    /// Adds the resources that exist in every account from the start.
    pub(crate) fn seed(&self) -> Result<()> {
        for Named { key, of, backend } in &self.0 {
            if let Some(seed) = of.seed {
                let mut state = backend.take(key, GLOBAL)?;
                seed(&mut state);
                backend.give(key, GLOBAL, state)?;
            }
        }
        Ok(())
    }
}

fn refused(service: &'static str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    let source = source.into();
    Error::State { service, source }
}
