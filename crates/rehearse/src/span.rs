//! From when to when each task ran, the chain of them that decided how long it all took, and AWS's own part of that.

use jiff::{SignedDuration, Timestamp};
use std::{collections::BTreeMap, time::Duration};
use vidpipe_engine::{
    Name,
    event::{Event, Half},
};

/// So many of the slowest tasks are told.
const SLOWEST: usize = 8;

/// From when to when a task ran.
pub(crate) struct Span {
    task: String,
    from: Timestamp,
    to: Timestamp,
    /// How long it usually takes.
    usual: Duration,
    /// When AWS refused it last.
    refused: Option<Timestamp>,
}

impl Span {
    pub(crate) fn told(&self) -> (String, f64) {
        (self.task.clone(), seconds(self.from, self.to))
    }

    /// How many seconds between these moments AWS needed for it.
    fn of_aws(&self, from: Timestamp, to: Timestamp) -> f64 {
        let refused = self.refused.map_or(0.0, |at| seconds(self.from, at));
        (refused + self.usual.as_secs_f64()).min(seconds(self.from.max(from), self.to.min(to)))
    }
}

fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    Duration::from_millis(u64::try_from(to.as_millisecond() - from.as_millisecond()).unwrap_or(0)).as_secs_f64()
}

/// The tasks that came to their end.
pub(crate) fn spans(events: &[(Timestamp, Event)]) -> Vec<Span> {
    let mut usual = BTreeMap::<(&Name, Half), Duration>::new();
    let mut refused = BTreeMap::<(&Name, Half), Timestamp>::new();
    let mut spans = Vec::new();
    for (at, event) in events {
        match event {
            Event::Planned { tasks, .. } => usual.extend(tasks.iter().map(|t| ((&t.node, t.half), t.usual))),
            Event::Retrying { node, half, .. } => drop(refused.insert((node, *half), *at)),
            Event::Finished { node, half, took, .. } => spans.push(Span {
                task: match half {
                    Half::Ensure => node.to_string(),
                    Half::Remove => format!("remove {node}"),
                },
                from: *at - SignedDuration::try_from(*took).unwrap_or_default(),
                to: *at,
                usual: usual.get(&(node, *half)).copied().unwrap_or_default(),
                refused: refused.remove(&(node, *half)),
            }),
            _ => {}
        }
    }
    spans
}

pub(crate) fn slowest(spans: &[Span]) -> Vec<(String, f64)> {
    let mut told: Vec<_> = spans.iter().map(Span::told).collect();
    told.sort_by(|a, b| b.1.total_cmp(&a.1));
    told.truncate(SLOWEST);
    told
}

/// From the task that ended last back to the beginning: before each, the one whose end it can have waited for.
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

/// Of what is gone AWS may still hold something for so long, such as a network interface; its own removal ends only then.
const LINGERS: SignedDuration = SignedDuration::from_secs(30);

/// How many seconds of a chain AWS needed. What a task waits for may be work on something else that ends within it: a
/// cluster is gone when its instances are, though something of them may linger.
pub(crate) fn of_aws(chain: &[&Span], spans: &[Span]) -> f64 {
    let within = |link: &Span| {
        let end = link.to + LINGERS;
        let inner = spans.iter().filter(|span| span.to > link.from && span.to <= end);
        inner.map(|span| span.of_aws(link.from, link.to)).fold(0.0, f64::max)
    };
    chain.iter().map(|link| within(link)).sum()
}
