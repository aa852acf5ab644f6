//! The timeline of a recorded run: the duration of each task, the critical path, and the difference from an earlier
//! run.
//!
//! [`Timeline::of`] folds the events of a history; the views ([`terminal`], [`svg`], [`html`], [`json`]) only render
//! the result. Nothing here reads a clock: the same history always gives the same output.
mod against;
mod axis;
mod bars;
mod fold;
mod html;
mod json;
mod list;
mod row;
mod segments;
mod svg;
mod tally;
mod terminal;
mod words;

pub use against::{Change, Difference};
pub use html::html;
pub use json::json;
pub use list::{Listed, list_human, list_json};
pub use row::{Activity, Outcome, Row, Segment};
pub use svg::svg;
pub use tally::{Calls, Queue, Retry};
pub use terminal::terminal;

use crate::text::between;
use jiff::Timestamp;
use std::time::Duration;
use vidpipe_engine::{
    Name,
    event::{Forecast, Halt, Op},
    path::Link,
};

/// A run, from its first event to its last. All text in it is sanitized.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    /// `up` or `down`.
    pub command: String,
    /// The pipeline.
    pub pipeline: String,
    /// The environment's suffix.
    pub suffix: String,
    /// The provider's region.
    pub region: String,
    /// Whether it ran against an endpoint with its own timing, such as an emulator.
    pub emulated: bool,
    /// Its start time.
    pub began: Timestamp,
    /// The end of its last task; for a killed run, its last event.
    pub ended: Timestamp,
    /// The way it ended.
    pub end: End,
    /// The number of unchanged nodes.
    pub kept: usize,
    /// The forecast of its duration.
    pub forecast: Option<Forecast>,
    /// Its tasks, in order of their start; tasks that never started come last, in plan order.
    pub rows: Vec<Row>,
    /// The critical path, step by step.
    pub path: Vec<Link>,
    /// Whether the history records dependencies. The history of an older vidpipe does not, and has no path.
    pub ordered: bool,
    /// The sweep after a removal, which searches for remaining resources.
    pub sweep: Option<Sweep>,
}

/// The way a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Every task was done.
    Complete,
    /// It completed, but not every task is done.
    Failed,
    /// It was stopped.
    Stopped(Halt),
    /// Its history has no end: it was killed, or is still running.
    Killed,
}

/// The search for remaining resources after everything was removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sweep {
    /// Its start time.
    pub from: Timestamp,
    /// Its end, or the end of the history.
    pub to: Timestamp,
    /// Its outcome, as text.
    pub outcome: String,
}

impl Timeline {
    /// The environment's display name.
    pub fn environment(&self) -> String {
        format!("{}-{}", self.pipeline, self.suffix)
    }

    /// The time from its start to the end of its last task.
    pub fn took(&self) -> Duration {
        between(self.began, self.ended)
    }

    /// The time the whole chart spans, including the sweep.
    pub fn span(&self) -> Duration {
        self.sweep.as_ref().map_or(self.took(), |s| between(self.began, s.to).max(self.took()))
    }

    /// The time from the start of the run to that point.
    pub fn since(&self, at: Timestamp) -> Duration {
        between(self.began, at)
    }

    /// The task of that node and operation, if it is part of this run.
    pub fn row(&self, node: &Name, op: Op) -> Option<&Row> {
        self.rows.iter().find(|r| r.node == *node && r.op == op)
    }

    /// The total time of the steps of the critical path.
    pub fn on_path(&self) -> Duration {
        self.path.iter().map(Link::took).sum()
    }

    /// `24 done, 1 failed, 2 skipped`.
    pub fn counts(&self) -> String {
        // A removal is done however little it took.
        let outcome = |r: &Row| match r.outcome {
            Outcome::Done { .. } if r.op == Op::Remove => "done",
            _ => r.outcome.word(),
        };
        let count = |word: &str| self.rows.iter().filter(|r| outcome(r) == word).count();
        let words = ["done", "unchanged", "failed", "skipped", "cut short", "not begun"];
        let parts: Vec<String> =
            words.iter().map(|w| (count(w), w)).filter(|(n, _)| *n > 0).map(|(n, w)| format!("{n} {w}")).collect();
        if parts.is_empty() { "nothing to do".into() } else { parts.join(", ") }
    }
}

impl End {
    /// As text between the command and the duration.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Complete => "done in",
            Self::Failed => "FAILED after",
            Self::Stopped(Halt::Asked) => "stopped after",
            Self::Stopped(Halt::Deadline) => "stopped for its deadline after",
            Self::Killed => "history ends after",
        }
    }
}
