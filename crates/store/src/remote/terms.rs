//! The terms of a lease, and the clock it is measured by.
use std::{fmt, sync::Arc, time::Duration};

/// How long a lease lasts unless it is renewed.
pub const TTL: Duration = Duration::from_secs(60);
/// The shortest lease that can be chosen.
pub const SHORTEST: Duration = Duration::from_secs(8);
/// The longest lease that can be chosen, or believed.
pub(crate) const LONGEST: Duration = Duration::from_secs(600);

/// The time that has passed since some moment, by this machine's own clock, which also runs while the machine sleeps.
pub type Ticks = Arc<dyn Fn() -> Duration + Send + Sync>;

/// The terms of a lease.
#[derive(Clone)]
pub struct Terms {
    /// How long the lease lasts unless it is renewed.
    pub ttl: Duration,
    /// The clock.
    pub ticks: Ticks,
    /// Returns a new unique id.
    pub new_id: Arc<dyn Fn() -> String + Send + Sync>,
}

impl fmt::Debug for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Terms").field("ttl", &self.ttl).finish_non_exhaustive()
    }
}

impl Terms {
    /// The terms on this machine's clock.
    pub fn new(ttl: Duration, new_id: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self { ttl, ticks: Arc::new(ticks), new_id: Arc::new(new_id) }
    }

    /// Whether less than that time has passed since now, for what may go on so long.
    pub(crate) fn for_time(&self, limit: Duration) -> impl Fn() -> bool + use<> {
        let (ticks, began) = (Arc::clone(&self.ticks), (self.ticks)());
        move || ticks().saturating_sub(began) < limit
    }

    /// The time between two renewals.
    pub(crate) fn beat(&self) -> Duration {
        self.ttl / 4
    }

    /// The time after the start of the last renewal from which the holder starts no call.
    pub(crate) fn deadline(&self) -> Duration {
        self.ttl - self.ttl / 6
    }
}

/// Seconds since the start of the machine, including the time it slept: while a laptop is closed, its lease runs out.
fn ticks() -> Duration {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let clock = rustix::time::ClockId::Boottime;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let clock = rustix::time::ClockId::Monotonic;
    let now = rustix::time::clock_gettime(clock);
    let (seconds, nanos) = (u64::try_from(now.tv_sec).unwrap_or(0), u32::try_from(now.tv_nsec).unwrap_or(0));
    Duration::new(seconds, nanos)
}
