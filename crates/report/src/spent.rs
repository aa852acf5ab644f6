//! How the time of a run was spent: the critical path, and significant pauses.
use crate::{
    Progress, TermStyle, Tone,
    forecast::{self, longest},
    progress::Pauses,
    text::{cell, clean, duration, width},
};
use serde_json::{Value, json};
use std::time::Duration;
use vidpipe_engine::path::Link;

/// Shorter runs get no breakdown.
const SHORTEST: Duration = Duration::from_secs(10);
/// The maximum number of path steps shown; the others are summed up in one more line.
const TOLD: usize = 5;

/// The duration compared with the forecast, and its breakdown; empty for a run that was short or changed nothing.
pub(crate) fn human(run: &Progress, style: &TermStyle) -> String {
    let Some(took) = run.took.filter(|took| *took >= SHORTEST && run.has_changed()) else { return String::new() };
    let mut text = String::new();
    if let Some(f) = run.forecast.as_ref().filter(|_| run.is_complete()) {
        text.push_str(&format!("{}, took {}\n", forecast::brief(f), duration(took)));
    }
    let lines = path(run, took);
    if !lines.is_empty() {
        text.push_str(&format!("\n{}\n", style.paint(Tone::Strong, "the time went to")));
        text.extend(aligned(&lines).into_iter().map(|line| format!("  {line}\n")));
    }
    let pauses = [("waits at API quotas", "", run.quotas), ("retries", "after ", run.retries)];
    for (what, after, pauses) in pauses.iter().filter(|(_, _, p)| p.total >= Duration::from_secs(1)) {
        text.push_str(&format!("{what}: {}, {after}{} over all tasks\n", pauses.count, duration(pauses.total)));
    }
    text
}

struct Line {
    name: String,
    done: String,
    took: Duration,
    share: u64,
}

/// The longest steps of the path, in order of time, and the rest of the run.
fn path(run: &Progress, took: Duration) -> Vec<Line> {
    let links = run.path();
    let line = |name: String, done: &str, time: Duration| Line {
        name,
        done: done.into(),
        took: time,
        share: share(time, took),
    };
    let top = longest(&links, Link::took, TOLD);
    let mut lines: Vec<Line> =
        top.iter().map(|i| &links[*i]).map(|link| line(clean(&link.node.0), done(run, link), link.took())).collect();
    let rest = lines.iter().fold(took, |rest, line| rest.saturating_sub(line.took));
    if !lines.is_empty() && rest >= Duration::from_secs(1) {
        lines.push(line("the rest".into(), "", rest));
    }
    lines
}

fn done(run: &Progress, link: &Link) -> &'static str {
    run.task(&link.node, link.op).map_or("", |task| task.done())
}

/// The share in percent, rounded.
fn share(of: Duration, whole: Duration) -> u64 {
    let (of, whole) = (of.as_millis(), whole.as_millis().max(1));
    u64::try_from((of * 200 + whole) / (whole * 2)).unwrap_or(u64::MAX)
}

fn aligned(lines: &[Line]) -> Vec<String> {
    let widest = |text: fn(&Line) -> String| lines.iter().map(|line| width(&text(line))).max().unwrap_or(0);
    let (name, done, took) = (widest(|l| l.name.clone()), widest(|l| l.done.clone()), widest(|l| duration(l.took)));
    let row = |l: &Line| {
        let (name, done) = (cell(&l.name, name), cell(&l.done, done));
        format!("{name}  {done}  {:>took$}  {:>3}%", duration(l.took), l.share)
    };
    lines.iter().map(row).collect()
}

/// The breakdown for programs: fields of the summary's object.
pub(crate) fn json(run: &Progress) -> [(&'static str, Value); 4] {
    let forecast = run.forecast.as_ref().map(|f| json!({ "p50_ms": ms(f.p50), "p90_ms": ms(f.p90) }));
    let link =
        |link: &Link| json!({ "node": link.node, "op": link.op, "done": done(run, link), "ms": ms(link.took()) });
    let pauses = |p: Pauses| json!({ "count": p.count, "ms": ms(p.total) });
    [
        ("forecast", forecast.into()),
        ("path", run.path().iter().map(link).collect()),
        ("quota_waits", pauses(run.quotas)),
        ("retries", pauses(run.retries)),
    ]
}

pub(crate) fn ms(d: Duration) -> u64 {
    u64::try_from(d.as_millis()).unwrap_or(u64::MAX)
}
