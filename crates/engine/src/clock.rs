//! The only module that reads the wall clock. Times follow tokio's clock, so that pausing it pauses them too.
use jiff::Timestamp;
use std::time::Duration;
use tokio::time::Instant;

/// A wall clock that advances with tokio's clock.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    began: Instant,
    wall: Timestamp,
}

impl Clock {
    /// A clock that starts at the system time and advances with tokio's clock. To follow a paused clock, it must be
    /// created inside the runtime.
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    pub fn start() -> Self {
        Self { began: Instant::now(), wall: Timestamp::now() }
    }

    /// The time now, to the millisecond.
    pub fn now(&self) -> Timestamp {
        let elapsed = i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX);
        let now = self.wall.as_millisecond().saturating_add(elapsed);
        Timestamp::from_millisecond(now).unwrap_or(Timestamp::MAX)
    }

    /// How long ago that was; zero if it is in the future.
    pub fn since(&self, then: Timestamp) -> Duration {
        let ms = self.now().as_millisecond() - then.as_millisecond();
        Duration::from_millis(u64::try_from(ms).unwrap_or(0))
    }
}
