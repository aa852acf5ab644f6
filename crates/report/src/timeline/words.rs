//! Wording shared by several views.
use super::{Activity, Difference, End, Row, Segment, Timeline};
use crate::text::{count, duration, time};
use jiff::Timestamp;
use std::time::Duration;
use vidpipe_engine::{event::Op, path::Link};

/// A displayed step of the critical path: one task, or several consecutive quick tasks.
pub(super) struct Step<'a> {
    /// The label.
    pub(super) label: String,
    /// The time the run waited for it.
    pub(super) took: Duration,
    /// The task, if it is a single one.
    pub(super) row: Option<&'a Row>,
    /// The nodes of the quick tasks.
    pub(super) nodes: Vec<String>,
}

impl Timeline {
    /// The critical path. Consecutive steps of less than a hundredth of the run are merged, unless `all` is set.
    pub(super) fn steps(&self, all: bool) -> Vec<Step<'_>> {
        let quick = |l: &Link| !all && l.took() < self.took() / 100;
        let mut steps = Vec::new();
        for links in self.path.chunk_by(|a, b| quick(a) && quick(b)) {
            let took = links.iter().map(Link::took).sum();
            let nodes: Vec<String> = links.iter().map(|l| named(&l.node.0, l.op)).collect();
            steps.push(match (links, nodes.as_slice()) {
                ([link], [name]) => {
                    Step { label: name.clone(), took, row: self.row(&link.node, link.op), nodes: Vec::new() }
                }
                _ => Step { label: format!("{} quick steps", links.len()), took, row: None, nodes },
            });
        }
        steps
    }

    /// The duration compared with the forecast; `None` without a forecast.
    pub(super) fn against_forecast(&self) -> Option<String> {
        let forecast = self.forecast.as_ref()?;
        let (took, op, most) = (self.took(), duration(forecast.p50), duration(forecast.p90));
        let thought = format!("forecast {op}, nine of ten within {most}");
        if self.end != End::Complete {
            return Some(thought);
        }
        let by = duration(took.abs_diff(forecast.p50));
        Some(match took {
            t if t > forecast.p90 => format!("{thought}: {by} longer than forecast, and later than nine of ten"),
            t if t > forecast.p50 => format!("{thought}: {by} longer than forecast"),
            _ => format!("{thought}: {by} shorter than forecast"),
        })
    }
}

impl Difference {
    /// The remaining comparison: `12 tasks took about as long, 2 in this run only, 1 in the earlier one only`.
    pub(super) fn rest(&self) -> String {
        let mut rest = vec![format!("{} took about as long", count(self.common - self.changes.len(), "task"))];
        if self.only_now > 0 {
            rest.push(format!("{} in this run only", self.only_now));
        }
        if self.only_before > 0 {
            rest.push(format!("{} in the earlier one only", self.only_before));
        }
        rest.join(", ")
    }
}

/// The name of a task: its node, and its operation if that is a removal.
pub(super) fn named(node: &str, op: Op) -> String {
    match op {
        Op::Ensure => node.into(),
        Op::Remove => format!("{node} (removal)"),
    }
}

/// The duration of a task compared with its usual duration.
pub(super) fn remark(row: &Row) -> String {
    match (row.is_late(), row.usual.is_zero()) {
        (true, _) => format!("late, 9 of 10 within {}", fine(row.late)),
        (false, true) => String::new(),
        (false, false) => format!("usually {}", fine(row.usual)),
    }
}

/// The status messages the provider returned during the wait, each with its duration: `creating 6m 19s, then backing-up
/// 2m 21s`. Empty if there is only one.
pub(super) fn waits(row: &Row) -> String {
    let wait = |s: &Segment| match &s.doing {
        Activity::Waiting { why } => Some((why.clone(), s.took())),
        _ => None,
    };
    let mut waits: Vec<(String, Duration)> = Vec::new();
    for (why, took) in row.segments.iter().filter_map(wait) {
        match waits.last_mut() {
            Some(last) if last.0 == why => last.1 += took,
            _ => waits.push((why, took)),
        }
    }
    let parts: Vec<String> = waits.iter().map(|(why, took)| format!("{why} {}", fine(*took))).collect();
    if parts.len() > 1 { parts.join(", then ") } else { String::new() }
}

/// The last activity of a task, as the end of a sentence.
pub(super) fn last(row: &Row) -> String {
    match row.segments.last().map(|s| &s.doing) {
        Some(Activity::Waiting { why }) => format!(", waiting: {why}"),
        Some(Activity::Calling { call }) => format!(", calling {call}"),
        Some(Activity::Queued { budget }) => format!(", queued for {budget}"),
        Some(Activity::Pausing { code, message }) => format!(", again after {}", code.as_deref().unwrap_or(message)),
        Some(Activity::Working) | None => String::new(),
    }
}

/// A time for people: `2026-11-20 10:15:00 UTC`.
pub(super) fn when(at: Timestamp) -> String {
    time(at).replace('T', " ").replace('Z', " UTC")
}

/// A duration with sub-second precision: `85ms`, `1.2s`, `42s`, `1m 23s`.
pub(super) fn fine(d: Duration) -> String {
    match d.as_millis() {
        0 => "0s".into(),
        ms @ 1..1_000 => format!("{ms}ms"),
        ms @ 1_000..10_000 => format!("{}.{}s", ms / 1_000, ms % 1_000 / 100),
        _ => duration(d),
    }
}

/// The share of a part in the whole, from 0 to 1.
pub(super) fn share(part: Duration, whole: Duration) -> f64 {
    if whole.is_zero() { 0.0 } else { (part.as_secs_f64() / whole.as_secs_f64()).min(1.0) }
}

/// The share in percent.
pub(super) fn percent(part: Duration, whole: Duration) -> String {
    format!("{:.0} %", share(part, whole) * 100.0)
}
