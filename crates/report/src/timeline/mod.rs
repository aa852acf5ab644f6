//! A recorded run, laid out in time: what took how long, what waited for what, and how it differs from an earlier run.
//!
//! [`Timeline::of`] folds the events of a history; the views ([`terminal`], [`svg`], [`html`], [`json`]) only draw what it
//! holds. It reads no clock: the same history is always the same picture.
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
pub use row::{Doing, Outcome, Row, Segment};
pub use svg::svg;
pub use tally::{Calls, Queue, Retry};
pub use terminal::terminal;

use crate::text::between;
use jiff::Timestamp;
use std::time::Duration;
use vidpipe_engine::{
    Name,
    event::{Forecast, Half, Halt},
    path::Link,
};

/// A run, from its first event to its last. Text in it is cleaned of control characters.
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
    /// Whether it ran against an endpoint that keeps its own time, such as an emulator.
    pub elsewhere: bool,
    /// When it began.
    pub began: Timestamp,
    /// When its last task was over; of a killed run, its last event.
    pub ended: Timestamp,
    /// How it ended.
    pub end: End,
    /// How many nodes stayed as they were.
    pub kept: usize,
    /// How long it was thought to take.
    pub forecast: Option<Forecast>,
    /// Its tasks in the order they began; those that never did come last, in the order of the plan.
    pub rows: Vec<Row>,
    /// What the run waited for, step by step.
    pub path: Vec<Link>,
    /// Whether the history says what waited for what; one that an older vidpipe wrote does not, and has no path.
    pub ordered: bool,
    /// What came after the tasks of a removal: the look at what is still there.
    pub sweep: Option<Sweep>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Every task was done.
    Complete,
    /// It came to its end, but not every task was done.
    Failed,
    /// It was stopped.
    Stopped(Halt),
    /// Its history ends in the middle: it was killed, or goes on.
    Killed,
}

/// The look at what is still there, after everything was removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sweep {
    /// When it began.
    pub from: Timestamp,
    /// When it ended, or the history does.
    pub to: Timestamp,
    /// What it came to, in words.
    pub outcome: String,
}

impl Timeline {
    /// The environment's name, as people say it.
    pub fn environment(&self) -> String {
        format!("{}-{}", self.pipeline, self.suffix)
    }

    /// How long it took until its last task was over.
    pub fn took(&self) -> Duration {
        between(self.began, self.ended)
    }

    /// How much time the whole picture spans: the sweep too.
    pub fn span(&self) -> Duration {
        self.sweep.as_ref().map_or(self.took(), |s| between(self.began, s.to).max(self.took()))
    }

    /// How far into the run that was.
    pub fn since(&self, at: Timestamp) -> Duration {
        between(self.began, at)
    }

    /// The task, if it is one of this run.
    pub fn row(&self, node: &Name, half: Half) -> Option<&Row> {
        self.rows.iter().find(|r| r.node == *node && r.half == half)
    }

    /// How long the run waited for the steps of its path together.
    pub fn on_path(&self) -> Duration {
        self.path.iter().map(Link::took).sum()
    }

    /// `24 done, 1 failed, 2 skipped`.
    pub fn counts(&self) -> String {
        let count = |word: &str| self.rows.iter().filter(|r| r.outcome.word() == word).count();
        let words = ["done", "unchanged", "failed", "skipped", "cut short", "not begun"];
        let parts: Vec<String> =
            words.iter().map(|w| (count(w), w)).filter(|(n, _)| *n > 0).map(|(n, w)| format!("{n} {w}")).collect();
        if parts.is_empty() { "nothing to do".into() } else { parts.join(", ") }
    }
}

impl End {
    /// In words that follow the command and come before how long it took.
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
