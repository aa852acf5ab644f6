//! The time spans of tasks, the chain of them that determined the total duration, and AWS's share of it.

use jiff::{SignedDuration, Timestamp};
use std::{collections::BTreeMap, time::Duration};
use vidpipe_engine::{
    Name,
    event::{Event, Op},
};

/// Number of slowest tasks reported.
const SLOWEST: usize = 8;

/// The time span of a task.
pub(crate) struct Span {
    task: String,
    from: Timestamp,
    to: Timestamp,
    /// The usual duration of the task.
    usual: Duration,
    /// The time of the last refusal by AWS.
    refused: Option<Timestamp>,
}

impl Span {
    pub(crate) fn summary(&self) -> (String, f64) {
        (self.task.clone(), seconds(self.from, self.to))
    }

    /// The seconds between these times that AWS needed for the task.
    fn of_aws(&self, from: Timestamp, to: Timestamp) -> f64 {
        let refused = self.refused.map_or(0.0, |at| seconds(self.from, at));
        (refused + self.usual.as_secs_f64()).min(seconds(self.from.max(from), self.to.min(to)))
    }
}

fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    Duration::from_millis(u64::try_from(to.as_millisecond() - from.as_millisecond()).unwrap_or(0)).as_secs_f64()
}

/// The spans of the tasks that completed.
pub(crate) fn spans(events: &[(Timestamp, Event)]) -> Vec<Span> {
    let mut usual = BTreeMap::<(&Name, Op), Duration>::new();
    let mut refused = BTreeMap::<(&Name, Op), Timestamp>::new();
    let mut spans = Vec::new();
    for (at, event) in events {
        match event {
            Event::Planned { tasks, .. } => usual.extend(tasks.iter().map(|t| ((&t.node, t.op), t.usual))),
            Event::Retrying { node, op, .. } => drop(refused.insert((node, *op), *at)),
            Event::Finished { node, op, took, .. } => spans.push(Span {
                task: match op {
                    Op::Ensure => node.to_string(),
                    Op::Remove => format!("remove {node}"),
                },
                from: *at - SignedDuration::try_from(*took).unwrap_or_default(),
                to: *at,
                usual: usual.get(&(node, *op)).copied().unwrap_or_default(),
                refused: refused.remove(&(node, *op)),
            }),
            _ => {}
        }
    }
    spans
}

pub(crate) fn slowest(spans: &[Span]) -> Vec<(String, f64)> {
    let mut summary: Vec<_> = spans.iter().map(Span::summary).collect();
    summary.sort_by(|a, b| b.1.total_cmp(&a.1));
    summary.truncate(SLOWEST);
    summary
}

/// The critical path, traced backwards from the task that ended last: before each task, the latest one it can have
/// waited for.
pub(crate) fn critical(spans: &[Span]) -> Vec<&Span> {
    let mut chain = Vec::new();
    let mut next = spans.iter().max_by_key(|span| span.to);
    while let Some(span) = next {
        chain.push(span);
        let before = spans.iter().filter(|other| other.to <= span.from && other.from < span.from);
        next = before.max_by_key(|other| (other.to, std::cmp::Reverse(other.from)));
    }
    chain.reverse();
    chain
}

/// AWS may hold part of a deleted resource for this long, such as a network interface; only then does its own removal
/// end.
const LINGERS: SignedDuration = SignedDuration::from_secs(30);

/// The seconds of a chain that AWS needed. A task may wait for work on another resource that ends within its span: a
/// cluster is deleted once its instances are, though a part of them may remain.
pub(crate) fn of_aws(chain: &[&Span], spans: &[Span]) -> f64 {
    let within = |link: &Span| {
        let end = link.to + LINGERS;
        let inner = spans.iter().filter(|span| span.to > link.from && span.to <= end);
        inner.map(|span| span.of_aws(link.from, link.to)).fold(0.0, f64::max)
    };
    chain.iter().map(|link| within(link)).sum()
}
