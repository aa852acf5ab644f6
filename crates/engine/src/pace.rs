//! How fast: how long things usually take, and how many calls an API allows. Time only; it never calls anything.
use serde::Deserialize;
use std::{cell::RefCell, collections::BTreeMap, time::Duration};
use tokio::time::Instant;

/// How long something takes, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Span {
    /// At least.
    pub min: f64,
    /// Usually.
    pub typical: f64,
    /// At most, nearly always.
    pub max: f64,
}

impl Span {
    /// The usual time.
    pub fn typical(&self) -> Duration {
        seconds(self.typical)
    }

    /// The longest time.
    pub fn most(&self) -> Duration {
        seconds(self.max)
    }

    /// Before this it is not worth looking again: the mean less two deviations of a beta (PERT) distribution.
    pub fn earliest(&self) -> Duration {
        let mean = (self.min + 4.0 * self.typical + self.max) / 6.0;
        let deviation = (self.max - self.min) / 6.0;
        seconds((mean - 2.0 * deviation).max(self.min))
    }
}

fn seconds(s: f64) -> Duration {
    Duration::try_from_secs_f64(s).unwrap_or_default()
}

/// How many calls an API takes: a bucket of `burst` calls, refilled at `per_s`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
pub struct Rate {
    /// Calls per second; `None` where nothing is published.
    pub per_s: Option<f64>,
    /// Calls at once.
    pub burst: Option<f64>,
}

/// What is known of a kind's times and rates.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Timing {
    /// From the create call until it is usable.
    #[serde(rename = "create_s")]
    pub create: Span,
    /// From the delete call until it is gone.
    #[serde(rename = "delete_s")]
    pub delete: Span,
    /// Of the create call.
    #[serde(rename = "api_rate", default)]
    pub rate: Rate,
    /// Of the delete call, where it differs.
    #[serde(default)]
    pub delete_rate: Option<Rate>,
}

/// What is assumed of a kind that has no row.
const UNKNOWN: Timing = Timing {
    create: Span { min: 0.3, typical: 1.0, max: 5.0 },
    delete: Span { min: 0.3, typical: 1.0, max: 5.0 },
    rate: Rate { per_s: None, burst: None },
    delete_rate: None,
};

/// The timing table.
#[derive(Clone, Debug, Default)]
pub struct Timings {
    rows: BTreeMap<String, Timing>,
    elsewhere: bool,
}

impl Timings {
    /// A table of these rows.
    pub fn new(rows: BTreeMap<String, Timing>) -> Self {
        Self { rows, elsewhere: false }
    }

    /// The same table for an endpoint that keeps its own time: an emulator. Then only the looks are spaced differently: evenly, from the start.
    pub fn elsewhere(mut self) -> Self {
        self.elsewhere = true;
        self
    }

    /// Whether this is for an endpoint that keeps its own time.
    pub fn is_elsewhere(&self) -> bool {
        self.elsewhere
    }

    /// The row of that name.
    pub fn of(&self, row: &str) -> &Timing {
        self.rows.get(row).unwrap_or(&UNKNOWN)
    }

    /// Before this there is no point in a second look.
    pub(crate) fn patience(&self, span: &Span) -> Duration {
        if self.elsewhere { Duration::ZERO } else { span.earliest() }
    }
}

struct Bucket {
    tokens: f64,
    burst: f64,
    per_s: f64,
    most: f64,
    filled: Instant,
}

/// Where nothing is published: start here, halve when throttled, creep up again.
const GUESS: Rate = Rate { per_s: Some(10.0), burst: Some(20.0) };

/// The call budgets of one run, by name.
#[derive(Default)]
pub struct Budgets {
    buckets: RefCell<BTreeMap<String, Bucket>>,
}

impl Budgets {
    /// Take one call from that budget, and learn how long to wait before making it.
    pub fn take(&self, budget: &str, rate: Rate) -> Duration {
        let mut buckets = self.buckets.borrow_mut();
        let now = Instant::now();
        let bucket = buckets.entry(budget.into()).or_insert_with(|| {
            let per_s = rate.per_s.or(GUESS.per_s).unwrap_or(1.0);
            let burst = rate.burst.or(GUESS.burst).unwrap_or(1.0);
            Bucket { tokens: burst, burst, per_s, most: per_s, filled: now }
        });
        let since = now.duration_since(bucket.filled).as_secs_f64();
        bucket.tokens = (bucket.tokens + since * bucket.per_s).min(bucket.burst) - 1.0;
        bucket.per_s = (bucket.per_s * 1.02).min(bucket.most);
        bucket.filled = now;
        if bucket.tokens >= 0.0 { Duration::ZERO } else { seconds(-bucket.tokens / bucket.per_s) }
    }

    /// The service said there were too many calls on that budget.
    pub fn throttled(&self, budget: &str) {
        if let Some(bucket) = self.buckets.borrow_mut().get_mut(budget) {
            bucket.per_s = (bucket.per_s / 2.0).max(0.02);
            bucket.tokens = bucket.tokens.min(0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_begin_two_deviations_before_the_mean_but_not_before_the_minimum() {
        let skewed = Span { min: 480.0, typical: 720.0, max: 1200.0 };
        assert_eq!(skewed.earliest(), Duration::from_secs(520));
        let tight = Span { min: 60.0, typical: 61.0, max: 90.0 };
        assert_eq!(tight.earliest(), Duration::from_secs(60));
    }

    #[tokio::test(start_paused = true)]
    async fn a_budget_gives_its_burst_at_once_and_then_its_rate() {
        let (budgets, rate) = (Budgets::default(), Rate { per_s: Some(0.5), burst: Some(2.0) });
        let waits: Vec<u64> = (0..4).map(|_| budgets.take("delete api", rate).as_secs()).collect();
        assert_eq!(waits, [0, 0, 2, 4]);
        tokio::time::advance(Duration::from_secs(8)).await;
        assert_eq!(budgets.take("delete api", rate), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_throttled_budget_slows_to_half() {
        let (budgets, rate) = (Budgets::default(), Rate { per_s: Some(1.0), burst: Some(1.0) });
        budgets.take("api", rate);
        budgets.throttled("api");
        let wait = budgets.take("api", rate);
        assert!(wait > Duration::from_millis(1_900), "{wait:?}");
    }
}
