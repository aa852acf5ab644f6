//! A task of a run, and where it is.
use crate::{
    text::{between, duration},
    words,
};
use jiff::Timestamp;
use std::time::Duration;
use vidpipe_engine::{
    Action, Name,
    event::{After, Fault, Half},
};

/// Where a task is.
#[derive(Clone, Debug, PartialEq)]
pub enum At {
    /// Not begun.
    Planned,
    /// Begun; with what the provider said last, if anything.
    Running {
        /// The service's own words.
        why: Option<String>,
    },
    /// Waiting for its turn at an API until then.
    Queued {
        /// Which budget.
        budget: String,
        /// Until when.
        until: Timestamp,
    },
    /// A call failed and is made again then.
    Retrying {
        /// What failed.
        fault: Fault,
        /// When.
        until: Timestamp,
        /// Until when it is made again at most, where that is known.
        last: Option<Timestamp>,
    },
    /// Done.
    Done {
        /// Whether anything was changed.
        changed: bool,
        /// How long it took.
        took: Duration,
    },
    /// Failed.
    Failed {
        /// What failed.
        fault: Fault,
    },
    /// Not begun, because another failed.
    Skipped {
        /// The other.
        because: Name,
    },
}

impl At {
    /// Until when it pauses, if it does.
    pub(crate) const fn until(&self) -> Option<Timestamp> {
        match self {
            Self::Queued { until, .. } | Self::Retrying { until, .. } => Some(*until),
            _ => None,
        }
    }
}

/// What is quick is not late for a moment more.
pub(crate) const LATE: Duration = Duration::from_secs(2);

/// A task of the run.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// Its node's kind; empty if the plan did not say.
    pub kind: String,
    /// What is done to its node.
    pub action: Action,
    /// How long it usually takes; zero if nobody knows.
    pub usual: Duration,
    /// Nine of ten are done within this; zero if nobody knows.
    pub late: Duration,
    /// What it waits for before it begins.
    pub after: Vec<After>,
    /// When it began.
    pub began: Option<Timestamp>,
    /// Whether the values of its node can be read, though it may not be ready.
    pub known: bool,
    /// Where it is.
    pub at: At,
    pub(crate) half: Half,
    /// Whether the provider said anything of it yet.
    pub(crate) looked: bool,
    /// From when its own time counts.
    counted: Option<Timestamp>,
    /// It waits for its turn to look at what nothing was said of yet.
    in_line: bool,
}

impl Task {
    pub(crate) fn of(half: Half) -> Self {
        let action = if half == Half::Remove { Action::Delete } else { Action::Create };
        let (kind, usual, late, after) = (String::new(), Duration::ZERO, Duration::ZERO, Vec::new());
        let (began, counted, known, looked, in_line) = (None, None, false, false, false);
        Self { kind, action, usual, late, after, began, known, at: At::Planned, half, looked, counted, in_line }
    }

    /// It is somewhere else now.
    pub(crate) fn moved(&mut self, now: Timestamp, to: At) {
        if self.began.is_none() && !matches!(to, At::Skipped { .. }) {
            (self.began, self.counted) = (Some(now), Some(now));
        }
        match to.until() {
            // Before the provider said anything, it may not have been asked for anything.
            Some(until) if !self.looked => self.counted = Some(until),
            _ => self.looked |= matches!(to, At::Running { why: Some(_) }),
        }
        (self.at, self.in_line) = (to, false);
    }

    /// It waits for its turn to look. Unless the provider said something already, that is all there is to say.
    pub(crate) fn line_up(&mut self) {
        self.in_line = matches!(self.at, At::Running { why: None });
    }

    /// A call for it was answered: if that was its turn, its own time counts from then.
    pub(crate) fn heard(&mut self, now: Timestamp) {
        if self.in_line {
            (self.in_line, self.counted) = (false, Some(now));
        }
    }

    /// Whether it was begun and is not over.
    pub const fn is_under_way(&self) -> bool {
        matches!(self.at, At::Running { .. } | At::Queued { .. } | At::Retrying { .. })
    }

    /// Whether nothing more is done for it.
    pub const fn is_over(&self) -> bool {
        matches!(self.at, At::Done { .. } | At::Failed { .. } | At::Skipped { .. })
    }

    /// What is being done to the node, in one word.
    pub const fn doing(&self) -> &'static str {
        words::doing(self.action, self.half)
    }

    /// What was done to the node, or became of it, in one word or two.
    pub const fn done(&self) -> &'static str {
        match self.at {
            At::Done { changed, .. } => words::done(self.action, self.half, changed),
            At::Failed { .. } => "failed",
            At::Skipped { .. } => "skipped",
            At::Planned => "not begun",
            At::Running { .. } | At::Queued { .. } | At::Retrying { .. } => "not finished",
        }
    }

    /// How long it has been at it itself: turns it waited for, and calls that failed, before the provider said anything do
    /// not count.
    pub fn own(&self, now: Timestamp) -> Duration {
        self.counted.filter(|_| !self.in_line).map_or(Duration::ZERO, |since| between(since, now))
    }

    /// How long it pauses from now on.
    pub(crate) fn pause(&self, now: Timestamp) -> Duration {
        self.at.until().map_or(Duration::ZERO, |until| between(now, until))
    }

    /// From how long on it is late: slower than nine of ten. Where that is not known, much slower than usual.
    pub fn late_after(&self) -> Option<Duration> {
        match (self.usual.is_zero(), self.late.is_zero()) {
            (_, false) => Some(self.late),
            (false, true) => Some(self.usual * 3 / 2 + Duration::from_secs(10)),
            (true, true) => None,
        }
    }

    /// Whether it is late, by enough to matter.
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.late_after().is_some_and(|late| self.own(now) > late + LATE)
    }

    /// Why it is not done yet, as far as anyone said.
    pub fn why(&self, now: Timestamp) -> String {
        let (what, when) = self.why_and_when(now);
        what + &when
    }

    /// The same in two parts: what is waited for, and for how long if that is known.
    pub(crate) fn why_and_when(&self, now: Timestamp) -> (String, String) {
        let pause = whole_seconds(self.pause(now));
        match &self.at {
            At::Running { why: None } if self.in_line => ("its turn to look".into(), String::new()),
            At::Running { why } => (why.clone().unwrap_or_default(), String::new()),
            At::Queued { budget, .. } => words::queued(budget, pause),
            At::Retrying { fault, last, .. } => {
                let code = fault.code.as_deref().map(|c| format!("{c}: ")).unwrap_or_default();
                let left = last.map(|last| format!(" ({} left)", duration(whole_seconds(between(now, last)))));
                (format!("again in {}: {code}{}", duration(pause), fault.message), left.unwrap_or_default())
            }
            _ => (String::new(), String::new()),
        }
    }
}

/// Rounded up: what counts down says `1s` last.
fn whole_seconds(d: Duration) -> Duration {
    Duration::from_secs(d.as_secs() + u64::from(d.subsec_nanos() > 0))
}
