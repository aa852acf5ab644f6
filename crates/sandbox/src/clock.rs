//! Which time passes in the sandbox.

use std::time::Duration;

/// How long things take in the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Clock {
    /// Everything is ready, or gone, in the answer after the one that asked for it.
    #[default]
    Instant,
    /// Things take the typical time AWS takes, on tokio's clock: with a paused runtime clock, no real time at all.
    Real,
}

impl Clock {
    /// The time something of `seconds` takes on this clock; `None` when it takes none.
    pub(crate) fn lasting(self, seconds: f64) -> Option<Duration> {
        match self {
            Self::Instant => None,
            Self::Real => Duration::try_from_secs_f64(seconds).ok().filter(|lasting| !lasting.is_zero()),
        }
    }
}
