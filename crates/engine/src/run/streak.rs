//! Evaluates consecutive reads: some services return the old state for a moment after a change, or a transient failure.
use crate::resource::Observed;
use std::time::Duration;
use tokio::time::Instant;

/// Consecutive reads, and how many of them a kind requires before the result is accepted.
pub(super) struct Streak {
    /// The number of consecutive reads that must return ready.
    enough: u32,
    /// How long it must be read as broken.
    broken_after: Duration,
    ready: u32,
    broken: Option<Instant>,
}

impl Streak {
    /// The pause before the next read, if a read is not accepted.
    pub(super) const PAUSE: Duration = Duration::from_secs(2);

    pub(super) const fn new(enough: u32, broken_after: Duration) -> Self {
        Self { enough, broken_after, ready: 0, broken: None }
    }

    /// The reason why that read is not accepted yet; `None` if it is.
    pub(super) fn doubts<T>(&mut self, seen: &Observed<T>) -> Option<String> {
        self.ready = if matches!(seen, Observed::Ready(_)) { self.ready + 1 } else { 0 };
        let broken = matches!(seen, Observed::Broken(_)).then(|| self.broken.unwrap_or_else(Instant::now));
        self.broken = broken;
        match seen {
            Observed::Ready(_) => (self.ready < self.enough).then(|| "as desired: checking once more".into()),
            Observed::Broken(why) => {
                broken.filter(|since| since.elapsed() < self.broken_after).map(|_| format!("{why}: it may pass"))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken() -> Observed<()> {
        Observed::Broken("failed".into())
    }

    #[test]
    fn ready_is_believed_when_it_is_seen_often_enough_in_a_row() {
        let mut streak = Streak::new(2, Duration::ZERO);
        assert!(streak.doubts(&Observed::Ready(())).is_some());
        assert!(streak.doubts::<()>(&Observed::pending("modifying")).is_none());
        assert!(streak.doubts(&Observed::Ready(())).is_some());
        assert!(streak.doubts(&Observed::Ready(())).is_none());
        assert!(streak.doubts(&broken()).is_none(), "what has no tolerance is broken at first sight");
    }

    #[tokio::test(start_paused = true)]
    async fn broken_is_believed_when_it_lasts() {
        let mut streak = Streak::new(1, Duration::from_secs(60));
        assert!(streak.doubts(&broken()).is_some());
        tokio::time::advance(Duration::from_secs(59)).await;
        assert!(streak.doubts::<()>(&Observed::pending("provisioning")).is_none());
        assert!(streak.doubts(&broken()).is_some(), "it passed in between");
        tokio::time::advance(Duration::from_secs(60)).await;
        assert!(streak.doubts(&broken()).is_none());
    }
}
