//! A task of a recorded run: its times and its outcome.
use super::Calls;
use crate::{task::LATE, text::between, words};
use jiff::Timestamp;
use std::time::Duration;
use vidpipe_engine::{
    Action, Name,
    event::{Fault, Op},
};

/// A task: one operation on a node.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The node.
    pub node: Name,
    /// The operation.
    pub op: Op,
    /// The node's kind; empty if the history does not name it.
    pub kind: String,
    /// The action on the node.
    pub action: Action,
    /// Its start time; `None` if it never started.
    pub from: Option<Timestamp>,
    /// The time from which the node's values could be read.
    pub known: Option<Timestamp>,
    /// Its end, or the end of the run.
    pub to: Option<Timestamp>,
    /// Its outcome.
    pub outcome: Outcome,
    /// Its activities over time, without gaps.
    pub segments: Vec<Segment>,
    /// Its calls, by action.
    pub calls: Vec<Calls>,
    /// Its usual duration; zero if unknown.
    pub usual: Duration,
    /// The duration that nine of ten do not exceed; zero if unknown.
    pub late: Duration,
    /// The part of its duration that the provider took to create or remove the resource, if it was requested.
    pub provider: Option<Duration>,
    /// Whether it is on the critical path.
    pub on_path: bool,
}

/// The outcome of a task.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It is done.
    Done {
        /// Whether it changed anything.
        changed: bool,
    },
    /// It failed.
    Failed(Fault),
    /// It did not start, because another task failed.
    Skipped {
        /// The node that failed.
        because: Name,
    },
    /// It started, but the run ended first.
    CutShort,
    /// It was planned, but the run ended before it started.
    NotBegun,
}

/// A period of a task.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// The start.
    pub from: Timestamp,
    /// The end.
    pub to: Timestamp,
    /// The activity.
    pub doing: Activity,
}

/// The activity of a task during a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Activity {
    /// Its own work: recording the intent and the result, or waiting for a call slot. In a history without calls, calls
    /// too.
    Working,
    /// It waited for a call to return.
    Calling {
        /// The service and its action.
        call: String,
    },
    /// It waited for the provider to complete the request; polls are part of the wait.
    Waiting {
        /// The status message the service returned.
        why: String,
    },
    /// It waited for a permit of an API with a call budget.
    Queued {
        /// The name of the budget.
        budget: String,
    },
    /// It paused before retrying a failed call.
    Pausing {
        /// The provider's code.
        code: Option<String>,
        /// The operation and the error message.
        message: String,
    },
}

impl Row {
    /// Its duration; zero if it never started.
    pub fn took(&self) -> Duration {
        self.from.zip(self.to).map_or(Duration::ZERO, |(from, to)| between(from, to))
    }

    /// The action in progress, in one word.
    pub fn doing(&self) -> &'static str {
        words::doing(self.action, self.op)
    }

    /// The result or the outcome, in a word or two.
    pub fn did(&self) -> &'static str {
        match self.outcome {
            Outcome::Done { changed } => words::done(self.action, self.op, changed),
            _ => self.outcome.word(),
        }
    }

    /// The sign of the action, as in a plan.
    pub const fn mark(&self) -> &'static str {
        match (self.op, self.action) {
            (_, Action::Leave) => "=",
            (Op::Remove, _) => "-",
            (_, Action::Create | Action::Replace | Action::Resume) => "+",
            (_, Action::Update) => "~",
            (_, Action::Decide | Action::Keep | Action::Recheck | Action::Delete) => "?",
        }
    }

    /// The time it waited for permits.
    fn queued(&self) -> Duration {
        let turns = self.segments.iter().filter(|s| matches!(s.doing, Activity::Queued { .. }));
        turns.map(|s| between(s.from, s.to)).sum()
    }

    /// Whether it took significantly longer than nine of ten do; waits for permits do not count.
    pub fn is_late(&self) -> bool {
        !self.late.is_zero() && self.took().saturating_sub(self.queued()) > self.late + LATE
    }
}

impl Outcome {
    /// The outcome, in a word or two.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Done { changed: true } => "done",
            Self::Done { changed: false } => "unchanged",
            Self::Failed(_) => "failed",
            Self::Skipped { .. } => "skipped",
            Self::CutShort => "cut short",
            Self::NotBegun => "not begun",
        }
    }
}

impl Segment {
    /// Its duration.
    pub fn took(&self) -> Duration {
        between(self.from, self.to)
    }
}
