//! What a run came to.

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
}
