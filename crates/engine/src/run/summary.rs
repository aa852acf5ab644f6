//! What a run came to, and each of its tasks.
use crate::{Result, plan::Key};
use std::time::Duration;

/// What a run came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Tasks done.
    pub done: usize,
    /// Of those, tasks that changed something.
    pub changed: usize,
    /// Tasks that failed, those among them that waited for another that failed.
    pub failed: usize,
    /// Tasks not begun, because another failed.
    pub skipped: usize,
    /// Whether it stopped before its end.
    pub stopped: bool,
    /// Whether that was for the deadline.
    pub late: bool,
}

impl Summary {
    /// Whether all was done.
    pub fn is_complete(&self) -> bool {
        self.failed == 0 && self.skipped == 0 && !self.stopped
    }

    /// The two in a row: what failed the first time was tried again by the second.
    pub(super) fn then(self, next: Self) -> Self {
        Self { done: self.done + next.done, changed: self.changed + next.changed, ..next }
    }
}

/// What a task came to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Done {
    /// Whether anything was changed.
    pub(super) changed: bool,
    /// How long the provider took for it, where it was asked to make or remove something.
    pub(super) waited: Option<Duration>,
}

/// A task that is over.
pub(super) struct Ended {
    pub(super) key: Key,
    /// Whether anything was changed.
    pub(super) result: Result<bool>,
}
