//! How wide a run goes, how long, and what it may lose.
use crate::Consent;
use std::{collections::BTreeMap, time::Duration};

/// How wide, how long, and what it may lose.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Calls in flight at once. Waits do not count.
    pub calls: usize,
    /// Deadlines by kind, for making or removing one node; others have four times the table's maximum, at least 15 minutes.
    pub timeouts: BTreeMap<String, Duration>,
    /// Stop cleanly within this; what is left to do then is left for another run.
    pub deadline: Option<Duration>,
    /// Whose data may be lost. What holds data and is not meant is left alone, whatever the plan says.
    pub consent: Consent,
}

impl Default for Limits {
    fn default() -> Self {
        Self { calls: 32, timeouts: BTreeMap::new(), deadline: None, consent: Consent::default() }
    }
}
