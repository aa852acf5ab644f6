//! The result of a run, and of each of its tasks.
use crate::{Result, plan::Key};
use std::time::Duration;

/// The result of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Tasks done.
    pub done: usize,
    /// Of those, tasks that changed something.
    pub changed: usize,
    /// Tasks that failed, including those that waited for another that failed.
    pub failed: usize,
    /// Tasks not begun, because another failed.
    pub skipped: usize,
    /// Whether it stopped before its end.
    pub stopped: bool,
    /// Whether the reason was the deadline.
    pub late: bool,
}

impl Summary {
    /// Whether every task was done.
    pub fn is_complete(&self) -> bool {
        self.failed == 0 && self.skipped == 0 && !self.stopped
    }

    /// Two consecutive runs as one: the second retried the failures of the first.
    pub(super) fn then(self, next: Self) -> Self {
        Self { done: self.done + next.done, changed: self.changed + next.changed, ..next }
    }
}

/// The result of a task.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Done {
    /// Whether anything was changed.
    pub(super) changed: bool,
    /// How long the provider took, if a create or delete call was made.
    pub(super) waited: Option<Duration>,
}

/// A task that has ended.
pub(super) struct Ended {
    pub(super) key: Key,
    /// Whether anything was changed.
    pub(super) result: Result<bool>,
}
