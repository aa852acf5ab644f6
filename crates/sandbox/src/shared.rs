//! The state that both layers of a sandbox share.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::watch;
use winterbaume_core::{MockRequest, MockResponse};

use crate::backends::Backends;
use crate::clock::Clock;
use crate::conditions::Conditions;
use crate::context::Context;
use crate::endpoint::service_of;
use crate::log::Log;
use crate::service::Services;
use crate::store::{SavedRequest, Store};

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Seconds that a late answer takes. Clients should give an attempt 30 s.
const ALMOST_TOO_LATE: f64 = 29.0;

/// The state that both layers of a sandbox share.
pub(crate) struct Shared {
    pub(crate) services: Services,
    pub(crate) backends: Backends,
    pub(crate) clock: Clock,
    pub(crate) store: Mutex<Store>,
    pub(crate) conditions: Mutex<Arc<Conditions>>,
    pub(crate) log: Mutex<Log>,
    pub(crate) dead: watch::Sender<bool>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl Shared {
    pub(crate) fn clock(&self) -> Clock {
        self.clock
    }

    /// Gives access to the state. `use_it` must make no call.
    pub(crate) fn store<T>(&self, use_it: impl FnOnce(&mut Store) -> T) -> T {
        use_it(&mut lock(&self.store))
    }

    pub(crate) fn conditions(&self) -> Arc<Conditions> {
        lock(&self.conditions).clone()
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        lock(&self.log)
    }

    pub(crate) fn die(&self) {
        self.dead.send_replace(true);
    }

    pub(crate) fn is_dead(&self) -> bool {
        *self.dead.borrow()
    }

    /// Sleeps for almost the attempt timeout; the rest is left for the work.
    #[allow(clippy::disallowed_methods, reason = "a slow network, on the clock of the process")]
    pub(crate) async fn almost_time_out(&self) {
        if let Some(lasting) = self.clock.lasting(ALMOST_TOO_LATE) {
            tokio::time::sleep(lasting).await;
        }
    }

    /// Gives access to the state as a call in `region` sees it.
    pub(crate) fn with<T>(&self, region: &str, use_it: impl FnOnce(&mut Context<'_>) -> T) -> T {
        let (clock, conditions) = (self.clock, self.conditions());
        self.store(|store| {
            store.expire();
            use_it(&mut Context { store, region, clock, conditions: &conditions })
        })
    }

    pub(crate) fn due(&self) -> Vec<SavedRequest> {
        self.store(Store::due)
    }

    /// Sends a request to winterbaume.
    pub(crate) async fn backend(&self, request: &SavedRequest) -> MockResponse {
        let endpoint = service_of(&request.uri);
        let headers = (request.headers.iter())
            .filter_map(|(name, value)| Some((name.parse().ok()?, value.parse().ok()?)))
            .collect();
        let request = MockRequest {
            method: request.method.clone(),
            uri: request.uri.clone(),
            headers,
            body: Bytes::from(request.body.clone()),
        };
        self.backends.handle(endpoint, request).await
    }
}
