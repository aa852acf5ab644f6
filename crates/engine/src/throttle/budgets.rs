//! Call budgets: token buckets by name. Only durations; they never call anything.
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// The rate limit of an API: a bucket of `burst` calls, refilled at `per_s` calls per second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// The bucket size, in calls.
    pub burst: f64,
    /// Calls per second.
    pub per_s: f64,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    per_s: f64,
    filled: Instant,
    /// The rate is not halved below this: the initial rate, where that is less than [`SLOWEST`].
    least: f64,
    /// When the rate was last halved.
    halved: Option<Instant>,
}

/// Call budgets, by name. They follow tokio's clock.
#[derive(Debug, Default)]
pub struct Budgets {
    buckets: Mutex<BTreeMap<String, Bucket>>,
}

impl Budgets {
    /// Take one call from that budget. Returns how long to wait before making it; calls are made in the order of these
    /// requests.
    pub fn take(&self, budget: &str, rate: Rate) -> Duration {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let least = SLOWEST.min(rate.per_s);
        let fresh = || Bucket { tokens: rate.burst, per_s: rate.per_s, filled: now, least, halved: None };
        let bucket = buckets.entry(budget.into()).or_insert_with(fresh);
        let since = now.duration_since(bucket.filled).as_secs_f64();
        bucket.tokens = (bucket.tokens + since * bucket.per_s).min(rate.burst) - 1.0;
        bucket.per_s = (bucket.per_s * CREEP).min(rate.per_s);
        bucket.filled = now;
        if bucket.tokens >= 0.0 {
            Duration::ZERO
        } else {
            Duration::try_from_secs_f64(-bucket.tokens / bucket.per_s).unwrap_or_default()
        }
    }

    /// The service throttled a call of that budget, sent at that time: other clients use the budget too. Halve the rate
    /// for a while. Calls that were in flight together count once.
    pub fn throttled(&self, budget: &str, sent: Instant) {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(bucket) = buckets.get_mut(budget).filter(|b| b.halved.is_none_or(|at| sent > at)) else { return };
        bucket.per_s = (bucket.per_s / 2.0).max(bucket.least);
        bucket.tokens = bucket.tokens.min(0.0);
        bucket.halved = Some(Instant::now());
    }
}

/// The factor by which a halved rate grows with every call.
const CREEP: f64 = 1.02;
/// The minimum rate in calls per second, however often it was halved. A client that shares a budget of one call in half
/// a minute must call often enough to get its share.
const SLOWEST: f64 = 0.1;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_budget_gives_its_burst_at_once_and_then_its_rate() {
        let (budgets, rate) = (Budgets::default(), Rate { per_s: 0.5, burst: 2.0 });
        let waits: Vec<u64> = (0..4).map(|_| budgets.take("delete api", rate).as_secs()).collect();
        assert_eq!(waits, [0, 0, 2, 4]);
        tokio::time::advance(Duration::from_secs(8)).await;
        assert_eq!(budgets.take("delete api", rate), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_throttled_budget_slows_to_half() {
        let (budgets, rate) = (Budgets::default(), Rate { per_s: 1.0, burst: 1.0 });
        budgets.take("api", rate);
        budgets.throttled("api", Instant::now());
        let wait = budgets.take("api", rate);
        assert!(wait > Duration::from_millis(1_900), "{wait:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn calls_that_were_throttled_together_slow_it_once() {
        let (budgets, rate) = (Budgets::default(), Rate { per_s: 1.0, burst: 8.0 });
        let sent = Instant::now();
        for _ in 0..8 {
            budgets.take("api", rate);
        }
        tokio::time::advance(Duration::from_millis(20)).await;
        (0..8).for_each(|_| budgets.throttled("api", sent));
        let wait = budgets.take("api", rate);
        assert!(wait < Duration::from_secs(3), "{wait:?}");
        budgets.throttled("api", Instant::now() + wait);
        let wait = budgets.take("api", rate);
        assert!(wait > Duration::from_secs(3), "{wait:?}");
    }
}
