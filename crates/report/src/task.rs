//! A task of a run, and its state.
use crate::{
    text::{between, duration},
    words,
};
use jiff::Timestamp;
use std::time::Duration;
use vidpipe_engine::{
    Action, Name,
    event::{After, Fault, Op},
};

/// The state of a task.
#[derive(Clone, Debug, PartialEq)]
pub enum At {
    /// Not started.
    Planned,
    /// Started; with the last status the provider returned, if any.
    Running {
        /// The status message the service returned.
        why: Option<String>,
    },
    /// Waiting for a permit of an API until then.
    Queued {
        /// The name of the budget.
        budget: String,
        /// The end of the wait.
        until: Timestamp,
    },
    /// A call failed and is retried then.
    Retrying {
        /// The fault.
        fault: Fault,
        /// The time of the retry.
        until: Timestamp,
        /// The deadline for retries, if known.
        last: Option<Timestamp>,
    },
    /// Done.
    Done {
        /// Whether it changed anything.
        changed: bool,
        /// Its duration.
        took: Duration,
    },
    /// Failed.
    Failed {
        /// The fault.
        fault: Fault,
    },
    /// Not started, because another task failed.
    Skipped {
        /// The node that failed.
        because: Name,
    },
}

impl At {
    /// The end of the pause, if it pauses.
    pub(crate) const fn until(&self) -> Option<Timestamp> {
        match self {
            Self::Queued { until, .. } | Self::Retrying { until, .. } => Some(*until),
            _ => None,
        }
    }
}

/// The tolerance before a task counts as late, for quick tasks.
pub(crate) const LATE: Duration = Duration::from_secs(2);

/// A task of the run.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// Its node's kind; empty if the plan does not name it.
    pub kind: String,
    /// The action on its node.
    pub action: Action,
    /// Its usual duration; zero if unknown.
    pub usual: Duration,
    /// The duration that nine of ten do not exceed; zero if unknown.
    pub late: Duration,
    /// The points it waits for before it starts.
    pub after: Vec<After>,
    /// Its start time.
    pub began: Option<Timestamp>,
    /// Whether the values of its node can be read, though the node may not be ready.
    pub known: bool,
    /// Its state.
    pub at: At,
    pub(crate) op: Op,
    /// Whether the provider returned a status yet.
    pub(crate) looked: bool,
    /// The start of its own time.
    counted: Option<Timestamp>,
    /// Whether it waits for a read permit before the provider returned any status.
    read_queued: bool,
}

impl Task {
    pub(crate) fn of(op: Op) -> Self {
        let action = if op == Op::Remove { Action::Delete } else { Action::Create };
        let (kind, usual, late, after) = (String::new(), Duration::ZERO, Duration::ZERO, Vec::new());
        let (began, counted, known, looked, read_queued) = (None, None, false, false, false);
        Self { kind, action, usual, late, after, began, known, at: At::Planned, op, looked, counted, read_queued }
    }

    /// Updates its state.
    pub(crate) fn moved(&mut self, now: Timestamp, to: At) {
        if self.began.is_none() && !matches!(to, At::Skipped { .. }) {
            (self.began, self.counted) = (Some(now), Some(now));
        }
        match to.until() {
            // Until the provider returns a status, the request may not have been made.
            Some(until) if !self.looked => self.counted = Some(until),
            _ => self.looked |= matches!(to, At::Running { why: Some(_) }),
        }
        (self.at, self.read_queued) = (to, false);
    }

    /// Records that it waits for a read permit. Once the provider returned a status, that status is shown instead.
    pub(crate) fn line_up(&mut self) {
        self.read_queued = matches!(self.at, At::Running { why: None });
    }

    /// Records that a call returned: if the task waited for a read permit, its own time starts now.
    pub(crate) fn heard(&mut self, now: Timestamp) {
        if self.read_queued {
            (self.read_queued, self.counted) = (false, Some(now));
        }
    }

    /// Whether it has started and is not over.
    pub const fn is_under_way(&self) -> bool {
        matches!(self.at, At::Running { .. } | At::Queued { .. } | At::Retrying { .. })
    }

    /// Whether it has finished, failed or was skipped.
    pub const fn is_over(&self) -> bool {
        matches!(self.at, At::Done { .. } | At::Failed { .. } | At::Skipped { .. })
    }

    /// The action in progress, in one word.
    pub const fn doing(&self) -> &'static str {
        words::doing(self.action, self.op)
    }

    /// The result for the node, in a word or two.
    pub const fn done(&self) -> &'static str {
        match self.at {
            At::Done { changed, .. } => words::done(self.action, self.op, changed),
            At::Failed { .. } => "failed",
            At::Skipped { .. } => "skipped",
            At::Planned => "not begun",
            At::Running { .. } | At::Queued { .. } | At::Retrying { .. } => "not finished",
        }
    }

    /// The time it has been working itself. Waits for permits and failed calls before the provider returned a status do
    /// not count.
    pub fn own(&self, now: Timestamp) -> Duration {
        self.counted.filter(|_| !self.read_queued).map_or(Duration::ZERO, |since| between(since, now))
    }

    /// The rest of its pause.
    pub(crate) fn pause(&self, now: Timestamp) -> Duration {
        self.at.until().map_or(Duration::ZERO, |until| between(now, until))
    }

    /// The duration after which it is late: longer than nine of ten take. If that is unknown, much longer than usual.
    pub fn late_after(&self) -> Option<Duration> {
        match (self.usual.is_zero(), self.late.is_zero()) {
            (_, false) => Some(self.late),
            (false, true) => Some(self.usual * 3 / 2 + Duration::from_secs(10)),
            (true, true) => None,
        }
    }

    /// Whether it is significantly late.
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.late_after().is_some_and(|late| self.own(now) > late + LATE)
    }

    /// The reason that it is not done yet, if known.
    pub fn why(&self, now: Timestamp) -> String {
        let (what, when) = self.why_and_when(now);
        what + &when
    }

    /// The reason in two parts: what it waits for, and for how long if known.
    pub(crate) fn why_and_when(&self, now: Timestamp) -> (String, String) {
        let pause = whole_seconds(self.pause(now));
        match &self.at {
            At::Running { why: None } if self.read_queued => ("a read slot".into(), String::new()),
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

/// Rounds up to whole seconds, so that a countdown ends with `1s`.
fn whole_seconds(d: Duration) -> Duration {
    Duration::from_secs(d.as_secs() + u64::from(d.subsec_nanos() > 0))
}
