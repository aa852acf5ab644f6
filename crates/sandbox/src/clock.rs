//! The clock of the sandbox.

use std::time::Duration;

/// How long operations take in the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Clock {
    /// Every creation and deletion is complete by the next answer.
    #[default]
    Instant,
    /// Operations take the times of the timing table on tokio's clock: with a paused runtime clock, no real time.
    Real,
}

impl Clock {
    /// The time that `seconds` take on this clock; `None` for no time.
    pub(crate) fn lasting(self, seconds: f64) -> Option<Duration> {
        match self {
            Self::Instant => None,
            Self::Real => Duration::try_from_secs_f64(seconds).ok().filter(|lasting| !lasting.is_zero()),
        }
    }
}
