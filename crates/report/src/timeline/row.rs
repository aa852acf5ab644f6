//! A task of a run: when it did what, and what came of it.
use super::Calls;
use crate::{task::LATE, text::between, words};
use jiff::Timestamp;
use std::time::Duration;
use vidpipe_engine::{
    Action, Name,
    event::{Fault, Half},
};

/// A task: one half of a node's life.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The node.
    pub node: Name,
    /// Which half.
    pub half: Half,
    /// The node's kind; empty if nobody said.
    pub kind: String,
    /// What was done to the node.
    pub action: Action,
    /// When it began; `None` if it never did.
    pub from: Option<Timestamp>,
    /// When the node's values could be read.
    pub known: Option<Timestamp>,
    /// When it was over, or the run was.
    pub to: Option<Timestamp>,
    /// What came of it.
    pub outcome: Outcome,
    /// What it did when, without gaps.
    pub segments: Vec<Segment>,
    /// Its calls, by action.
    pub calls: Vec<Calls>,
    /// How long it usually takes; zero if nobody knows.
    pub usual: Duration,
    /// Nine of ten are done within this; zero if nobody knows.
    pub late: Duration,
    /// Of its time, what the provider itself took to make or remove it, if it was asked to.
    pub provider: Option<Duration>,
    /// Whether the run waited for it.
    pub on_path: bool,
}

/// What came of a task.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It was done.
    Done {
        /// Whether anything was changed.
        changed: bool,
    },
    /// It failed.
    Failed(Fault),
    /// It was not begun, because another failed.
    Skipped {
        /// The other.
        because: Name,
    },
    /// It was begun, and the run ended before it.
    CutShort,
    /// It was planned, and the run ended before it began.
    NotBegun,
}

/// A piece of a task's time.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// When it began.
    pub from: Timestamp,
    /// When it ended.
    pub to: Timestamp,
    /// What was done meanwhile.
    pub doing: Doing,
}

/// What a task did for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Its own work: writing down what is intended and what came of it, or waiting for a place among the calls. In a
    /// history that tells of no calls, those too.
    Working,
    /// It waited for the answer to a call.
    Calling {
        /// The service and its action.
        call: String,
    },
    /// It waited until the provider had done what it was asked for; looks in between are part of that.
    Waiting {
        /// The service's own words.
        why: String,
    },
    /// It waited for its turn at an API with a call budget.
    Queued {
        /// Which budget.
        budget: String,
    },
    /// A call failed, and this is the pause before it was made again.
    Pausing {
        /// The provider's code.
        code: Option<String>,
        /// What was being done, and what was said.
        message: String,
    },
}

impl Row {
    /// How long it took; zero if it never began.
    pub fn took(&self) -> Duration {
        self.from.zip(self.to).map_or(Duration::ZERO, |(from, to)| between(from, to))
    }

    /// What was being done to the node, in one word.
    pub fn doing(&self) -> &'static str {
        words::doing(self.action, self.half)
    }

    /// What was done, or came of it, in a word or two.
    pub fn did(&self) -> &'static str {
        match self.outcome {
            Outcome::Done { changed } => words::done(self.action, self.half, changed),
            _ => self.outcome.word(),
        }
    }

    /// The mark of what was done to the node, as in a plan.
    pub const fn mark(&self) -> &'static str {
        match (self.half, self.action) {
            (_, Action::Leave) => "=",
            (Half::Remove, _) => "-",
            (_, Action::Create | Action::Replace | Action::Resume) => "+",
            (_, Action::Update) => "~",
            (_, Action::Decide | Action::Keep | Action::Look | Action::Delete) => "?",
        }
    }

    /// How long it waited for its turns.
    fn queued(&self) -> Duration {
        let turns = self.segments.iter().filter(|s| matches!(s.doing, Doing::Queued { .. }));
        turns.map(|s| between(s.from, s.to)).sum()
    }

    /// Whether it took longer than nine of ten, by enough to matter; turns that it waited for do not count.
    pub fn is_late(&self) -> bool {
        !self.late.is_zero() && self.took().saturating_sub(self.queued()) > self.late + LATE
    }
}

impl Outcome {
    /// In a word or two.
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
    /// How long it was.
    pub fn took(&self) -> Duration {
        between(self.from, self.to)
    }
}
