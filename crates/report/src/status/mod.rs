//! The status of all environments, or of one environment with its nodes.
mod all;
mod one;

pub use all::{Row, all_human, all_json};
pub use one::{one_human, one_json};

use crate::{
    summary::outcome,
    text::{between, duration},
};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use vidpipe_engine::{State, event::Event};

/// The last run of an environment.
#[derive(Clone, Debug, PartialEq)]
pub struct LastRun {
    /// Its command, such as `up`.
    pub command: String,
    /// Its start time.
    pub at: Timestamp,
    /// Its last task event, or its end; anything but [`Event::Ended`] means that it did not complete.
    pub last: Option<Event>,
}

impl LastRun {
    fn human(&self, now: Timestamp) -> String {
        let ago = duration(between(self.at, now));
        format!("{} {ago} ago, {}", self.command, self.outcome())
    }

    fn outcome(&self) -> String {
        match self.last {
            Some(Event::Ended { done, failed, skipped, .. }) => outcome(done, failed, skipped),
            _ => "not ended".into(),
        }
    }

    fn json(&self) -> Value {
        let mut value = json!({ "command": self.command, "at": self.at, "ended": false });
        if let (Some(Event::Ended { done, failed, skipped, took }), Some(all)) = (&self.last, value.as_object_mut()) {
            let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            let ended = json!({ "ended": true, "done": done, "failed": failed, "skipped": skipped, "ms": ms });
            all.extend(ended.as_object().cloned().unwrap_or_default());
        }
        value
    }
}

/// The number of nodes in each phase.
fn phases(state: &State) -> BTreeMap<&'static str, usize> {
    let mut phases = BTreeMap::new();
    for entry in state.entries.values() {
        *phases.entry(entry.phase.word()).or_default() += 1;
    }
    phases
}

/// `61 ready, 1 creating, 1 waiting`: ready nodes come first.
fn phases_human(phases: &BTreeMap<&'static str, usize>) -> String {
    let mut sorted: Vec<(&&str, &usize)> = phases.iter().collect();
    sorted.sort_by_key(|(word, _)| (**word != "ready", **word));
    let parts: Vec<String> = sorted.iter().map(|(word, n)| format!("{n} {word}")).collect();
    if parts.is_empty() { "nothing".into() } else { parts.join(", ") }
}
