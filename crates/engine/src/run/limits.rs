//! The limits of a run: concurrency, duration and data loss.
use crate::Consent;
use std::{collections::BTreeMap, time::Duration};

/// Concurrency, duration and data loss.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The maximum number of calls in flight. Waits do not count.
    pub calls: usize,
    /// Deadlines by kind, to create or remove one node; the default is four times the table's maximum, at least 15
    /// minutes.
    pub timeouts: BTreeMap<String, Duration>,
    /// Stop cleanly within this time; the remaining tasks are left for another run.
    pub deadline: Option<Duration>,
    /// The nodes whose data may be lost. A resource that holds data and is not covered is left alone, even if the plan
    /// removes it.
    pub consent: Consent,
}

impl Default for Limits {
    fn default() -> Self {
        Self { calls: 32, timeouts: BTreeMap::new(), deadline: None, consent: Consent::default() }
    }
}
