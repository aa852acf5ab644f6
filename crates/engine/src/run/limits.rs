//! How wide a run goes, and how long.
use std::{collections::BTreeMap, time::Duration};

/// How wide and how long.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Calls in flight at once. Waits do not count.
    pub calls: usize,
    /// Deadlines by kind, for making or removing one node; others have four times the table's maximum, at least 15 minutes.
    pub timeouts: BTreeMap<String, Duration>,
    /// Stop cleanly within this; what is left to do then is left for another run.
    pub deadline: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { calls: 32, timeouts: BTreeMap::new(), deadline: None }
    }
}
