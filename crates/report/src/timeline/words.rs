//! What several views say in the same words.
use super::{Difference, Doing, End, Row, Segment, Timeline};
use crate::text::{count, duration, time};
use jiff::Timestamp;
use std::time::Duration;
use vidpipe_engine::{event::Half, path::Link};

/// A step of the critical path as it is shown: one task, or several quick ones that follow each other.
pub(super) struct Step<'a> {
    /// What it is called.
    pub(super) label: String,
    /// How long the run waited for it.
    pub(super) took: Duration,
    /// The task, if it is one.
    pub(super) row: Option<&'a Row>,
    /// The nodes of the quick ones.
    pub(super) nodes: Vec<String>,
}

impl Timeline {
    /// The critical path. Steps of less than a hundredth of the run that follow each other are one, unless `all` are
    /// wanted.
    pub(super) fn steps(&self, all: bool) -> Vec<Step<'_>> {
        let quick = |l: &Link| !all && l.took() < self.took() / 100;
        let mut steps = Vec::new();
        for links in self.path.chunk_by(|a, b| quick(a) && quick(b)) {
            let took = links.iter().map(Link::took).sum();
            let nodes: Vec<String> = links.iter().map(|l| named(&l.node.0, l.half)).collect();
            steps.push(match (links, nodes.as_slice()) {
                ([link], [name]) => {
                    Step { label: name.clone(), took, row: self.row(&link.node, link.half), nodes: Vec::new() }
                }
                _ => Step { label: format!("{} quick steps", links.len()), took, row: None, nodes },
            });
        }
        steps
    }

    /// How its time compares with what was thought; `None` if nothing was.
    pub(super) fn against_forecast(&self) -> Option<String> {
        let forecast = self.forecast.as_ref()?;
        let (took, half, most) = (self.took(), duration(forecast.p50), duration(forecast.p90));
        let thought = format!("forecast {half}, nine of ten within {most}");
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
    /// What else there is to say: `12 tasks took about as long, 2 are new, 1 is not in this run`.
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

/// A task by its node, and by its half where that is not making it.
pub(super) fn named(node: &str, half: Half) -> String {
    match half {
        Half::Ensure => node.into(),
        Half::Remove => format!("{node} (removal)"),
    }
}

/// How a task's time compares with what it usually takes.
pub(super) fn remark(row: &Row) -> String {
    match (row.is_late(), row.usual.is_zero()) {
        (true, _) => format!("late, 9 of 10 within {}", fine(row.late)),
        (false, true) => String::new(),
        (false, false) => format!("usually {}", fine(row.usual)),
    }
}

/// What the provider said while it was waited for, each with its time: `creating 6m 19s, then backing-up 2m 21s`. Nothing
/// where there is but one thing.
pub(super) fn waits(row: &Row) -> String {
    let wait = |s: &Segment| match &s.doing {
        Doing::Waiting { why } => Some((why.clone(), s.took())),
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

/// What a task did last, as the end of a sentence.
pub(super) fn last(row: &Row) -> String {
    match row.segments.last().map(|s| &s.doing) {
        Some(Doing::Waiting { why }) => format!(", waiting: {why}"),
        Some(Doing::Calling { call }) => format!(", calling {call}"),
        Some(Doing::Queued { budget }) => format!(", queued for {budget}"),
        Some(Doing::Pausing { code, message }) => format!(", again after {}", code.as_deref().unwrap_or(message)),
        Some(Doing::Working) | None => String::new(),
    }
}

/// A time for people: `2026-11-20 10:15:00 UTC`.
pub(super) fn when(at: Timestamp) -> String {
    time(at).replace('T', " ").replace('Z', " UTC")
}

/// A duration where fractions of a second matter: `85ms`, `1.2s`, `42s`, `1m 23s`.
pub(super) fn fine(d: Duration) -> String {
    match d.as_millis() {
        0 => "0s".into(),
        ms @ 1..1_000 => format!("{ms}ms"),
        ms @ 1_000..10_000 => format!("{}.{}s", ms / 1_000, ms % 1_000 / 100),
        _ => duration(d),
    }
}

/// Which part of the whole that is, from 0 to 1.
pub(super) fn share(part: Duration, whole: Duration) -> f64 {
    if whole.is_zero() { 0.0 } else { (part.as_secs_f64() / whole.as_secs_f64()).min(1.0) }
}

/// The same in percent.
pub(super) fn percent(part: Duration, whole: Duration) -> String {
    format!("{:.0} %", share(part, whole) * 100.0)
}
