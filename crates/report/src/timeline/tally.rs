//! How often what was done, and how long it took together.
use super::{Doing, Timeline};
use std::{collections::BTreeMap, time::Duration};

/// The calls of one action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calls {
    /// The service and its action.
    pub call: String,
    /// How many were answered, or came to nothing.
    pub times: usize,
    /// How long their answers took together.
    pub took: Duration,
    /// How long the slowest answer took.
    pub longest: Duration,
}

impl Calls {
    /// Calls of that action, none yet.
    pub(super) fn none(call: String) -> Self {
        Self { call, times: 0, took: Duration::ZERO, longest: Duration::ZERO }
    }

    pub(super) fn add(&mut self, took: Duration) {
        self.times += 1;
        self.took += took;
        self.longest = self.longest.max(took);
    }
}

/// The turns at one call budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// Which budget.
    pub budget: String,
    /// How many turns were waited for.
    pub times: usize,
    /// How long together.
    pub took: Duration,
    /// How long the longest.
    pub longest: Duration,
}

/// Calls that failed with one code and were made again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retry {
    /// The provider's code; `None` if it gave none.
    pub code: Option<String>,
    /// What was said the first time.
    pub message: String,
    /// Whose calls, each once, in the order they began.
    pub nodes: Vec<String>,
    /// How many failed.
    pub times: usize,
    /// How long the pauses were together.
    pub took: Duration,
}

impl Retry {
    /// Whether the provider said that there were too many calls.
    pub fn is_throttle(&self) -> bool {
        const CODES: [&str; 5] = ["throttl", "requestlimit", "toomanyrequests", "slowdown", "rateexceeded"];
        let code = self.code.as_deref().unwrap_or_default().to_lowercase();
        CODES.iter().any(|c| code.contains(c))
    }
}

impl Timeline {
    /// The calls of all tasks by action; those that took longest together come first.
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

    /// The turns at call budgets, by budget; those that took longest together come first.
    pub fn queues(&self) -> Vec<Queue> {
        let mut by_budget: BTreeMap<&str, Queue> = BTreeMap::new();
        for segment in self.rows.iter().flat_map(|r| &r.segments) {
            let Doing::Queued { budget } = &segment.doing else { continue };
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

    /// The calls that were made again, by code; those with the longest pauses come first.
    pub fn retries(&self) -> Vec<Retry> {
        let mut by_code: BTreeMap<Option<&str>, Retry> = BTreeMap::new();
        for (row, segment) in self.rows.iter().flat_map(|r| r.segments.iter().map(move |s| (r, s))) {
            let Doing::Pausing { code, message } = &segment.doing else { continue };
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
