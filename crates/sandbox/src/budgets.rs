//! The rates at which AWS accepts calls, per account, region and action: token buckets, refilled continuously.
//!
//! Each service has its own. Where the rate is unknown, a generous guess is used, so that only a flood is throttled.

use crate::context::Context;
use crate::faults::is_read;

/// A token bucket of a service.
pub(crate) struct TokenBucket {
    /// The action, or the category of actions, that it is for.
    name: String,
    /// Its capacity.
    burst: f64,
    /// The rate at which it is refilled.
    per_second: f64,
}

impl TokenBucket {
    pub(crate) fn new(name: impl Into<String>, burst: f64, per_second: f64) -> Self {
        Self { name: name.into(), burst, per_second }
    }
}

/// The guess for a service whose rates are unknown.
pub(crate) fn generous(operation: &str) -> Vec<TokenBucket> {
    let (burst, per_second) = if is_read(operation) { (100.0, 20.0) } else { (200.0, 5.0) };
    vec![TokenBucket::new(operation, burst, per_second)]
}

impl Context<'_> {
    /// Takes a token from each of a service's buckets. Takes none and returns `false` if any bucket is empty.
    pub(crate) fn is_within_budget(&mut self, service: &str, buckets: &[TokenBucket]) -> bool {
        let region = self.region;
        let key = |bucket: &TokenBucket| format!("{region} {service} {}", bucket.name);
        let there = (buckets.iter()).all(|b| self.store.level(&key(b), b.burst, b.per_second) >= 1.0);
        if there {
            for bucket in buckets {
                self.store.drain(&key(bucket));
            }
        }
        there
    }
}
