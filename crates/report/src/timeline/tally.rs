//! Counts and total durations of calls, queue waits and retries.
use super::{Activity, Timeline};
use std::{collections::BTreeMap, time::Duration};

/// The calls of one action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calls {
    /// The service and its action.
    pub call: String,
    /// The number of calls that returned or failed.
    pub times: usize,
    /// Their total duration.
    pub took: Duration,
    /// The duration of the slowest call.
    pub longest: Duration,
}

impl Calls {
    /// An empty tally for that action.
    pub(super) fn none(call: String) -> Self {
        Self { call, times: 0, took: Duration::ZERO, longest: Duration::ZERO }
    }

    pub(super) fn add(&mut self, took: Duration) {
        self.times += 1;
        self.took += took;
        self.longest = self.longest.max(took);
    }
}

/// The waits for permits of one call budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// The name of the budget.
    pub budget: String,
    /// The number of waits.
    pub times: usize,
    /// Their total duration.
    pub took: Duration,
    /// The longest wait.
    pub longest: Duration,
}

/// Calls that failed with one code and were retried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retry {
    /// The provider's code; `None` if it gave none.
    pub code: Option<String>,
    /// The first error message.
    pub message: String,
    /// The nodes that made the calls, without duplicates, in order of their start.
    pub nodes: Vec<String>,
    /// The number of failures.
    pub times: usize,
    /// The total duration of the pauses.
    pub took: Duration,
}

impl Retry {
    /// Whether the provider throttled the calls.
    pub fn is_throttle(&self) -> bool {
        const CODES: [&str; 5] = ["throttl", "requestlimit", "toomanyrequests", "slowdown", "rateexceeded"];
        let code = self.code.as_deref().unwrap_or_default().to_lowercase();
        CODES.iter().any(|c| code.contains(c))
    }
}

impl Timeline {
    /// The calls of all tasks by action; the longest total duration comes first.
    pub fn calls(&self) -> Vec<Calls> {
        let mut by_action: BTreeMap<&str, Calls> = BTreeMap::new();
        for calls in self.rows.iter().flat_map(|r| &r.calls) {
            let all = by_action.entry(&calls.call).or_insert_with(|| Calls::none(calls.call.clone()));
            all.times += calls.times;
            all.took += calls.took;
            all.longest = all.longest.max(calls.longest);
        }
        let mut calls: Vec<Calls> = by_action.into_values().collect();
        calls.sort_by_key(|c| (std::cmp::Reverse(c.took), std::cmp::Reverse(c.times)));
        calls
    }

    /// The waits for call permits, by budget; the longest total duration comes first.
    pub fn queues(&self) -> Vec<Queue> {
        let mut by_budget: BTreeMap<&str, Queue> = BTreeMap::new();
        for segment in self.rows.iter().flat_map(|r| &r.segments) {
            let Activity::Queued { budget } = &segment.doing else { continue };
            let none = || Queue { budget: budget.clone(), times: 0, took: Duration::ZERO, longest: Duration::ZERO };
            let queue = by_budget.entry(budget).or_insert_with(none);
            queue.times += 1;
            queue.took += segment.took();
            queue.longest = queue.longest.max(segment.took());
        }
        let mut queues: Vec<Queue> = by_budget.into_values().collect();
        queues.sort_by_key(|q| std::cmp::Reverse(q.took));
        queues
    }

    /// The retried calls, by code; the longest pauses come first.
    pub fn retries(&self) -> Vec<Retry> {
        let mut by_code: BTreeMap<Option<&str>, Retry> = BTreeMap::new();
        for (row, segment) in self.rows.iter().flat_map(|r| r.segments.iter().map(move |s| (r, s))) {
            let Activity::Pausing { code, message } = &segment.doing else { continue };
            let retry = by_code.entry(code.as_deref()).or_insert_with(|| Retry {
                code: code.clone(),
                message: message.clone(),
                nodes: Vec::new(),
                times: 0,
                took: Duration::ZERO,
            });
            retry.times += 1;
            retry.took += segment.took();
            if !retry.nodes.contains(&row.node.0) {
                retry.nodes.push(row.node.0.clone());
            }
        }
        let mut retries: Vec<Retry> = by_code.into_values().collect();
        retries.sort_by_key(|r| std::cmp::Reverse(r.took));
        retries
    }
}
