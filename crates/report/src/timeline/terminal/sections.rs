//! The sections below the chart: failures, the critical path, the difference from an earlier run, retries, queue waits,
//! and calls.
use super::super::{
    Change, Difference, End, Outcome, Row, Timeline,
    words::{Step, fine, last, named, percent, remark, share, waits},
};
use crate::{
    TermStyle, Tone,
    text::{columns, count, duration, fit, time},
};
use std::collections::BTreeMap;

/// The maximum number of lines of a list, without `all`.
const TOP: usize = 10;
/// The longest bar of the critical path, in columns.
const BAR: usize = 20;
const SHORT_BAR: usize = 12;
/// The minimum share of the run for which a step's status messages are shown.
const TOLD: f64 = 0.1;

/// A heading and its lines, truncated to the width; empty if there are no lines.
fn section(heading: &str, tone: Tone, lines: &[String], style: &TermStyle) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let mut text = format!("{}\n", style.paint(tone, &fit(heading, style.width)));
    for line in lines {
        text.push_str(&format!("  {}\n", fit(line, style.width - 2)));
    }
    text
}

/// The first rows, and the number of rows omitted.
fn top<const N: usize>(rows: &[[String; N]], all: bool) -> Vec<String> {
    let visible = if all || rows.len() <= TOP + 1 { rows.len() } else { TOP };
    let mut lines = columns(rows.get(..visible).unwrap_or(rows));
    if visible < rows.len() {
        lines.push(format!("and {} more", rows.len() - visible));
    }
    lines
}

/// The tasks that failed, were skipped or were cut short.
pub(super) fn troubles(run: &Timeline, style: &TermStyle) -> String {
    let mut failed = Vec::new();
    let mut cut = Vec::new();
    let mut skipped: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in &run.rows {
        match &row.outcome {
            Outcome::Failed(fault) => {
                failed.push(format!("{} after {}: {}", titled(row), fine(row.took()), fault.to_line()));
                failed.extend(fault.hint.iter().map(|h| format!("  hint: {h}")));
            }
            Outcome::Skipped { because } => skipped.entry(&because.0).or_default().push(&row.node.0),
            Outcome::CutShort => cut.push(format!("{} after {}{}", titled(row), fine(row.took()), last(row))),
            Outcome::Done { .. } | Outcome::NotBegun => {}
        }
    }
    for (because, nodes) in skipped {
        failed.push(format!("skipped because {because} failed: {}", nodes.join(", ")));
    }
    // Messages are never truncated, regardless of the terminal's width.
    let wide = TermStyle { width: usize::MAX, ..*style };
    section("what failed", Tone::Bad, &failed, &wide)
        + &section("cut short by the end of the run", Tone::Warn, &cut, style)
}

fn titled(row: &Row) -> String {
    if row.kind.is_empty() { row.node.0.clone() } else { format!("{} ({})", row.node, row.kind) }
}

/// The critical path as a list with shares; consecutive quick steps share one line.
pub(super) fn path(run: &Timeline, all: bool, style: &TermStyle) -> String {
    if !run.ordered {
        let old = "what the run waited for: not told by an older vidpipe\n";
        return if run.rows.is_empty() { String::new() } else { old.into() };
    }
    let (whole, longest) = (run.took(), if style.width < 100 { SHORT_BAR } else { BAR });
    let steps = run.steps(all);
    let row = |step: &Step<'_>| {
        let bar = "█".repeat((share(step.took, whole) * longest as f64).round() as usize);
        let remark = step.row.map(remark).unwrap_or_default();
        [step.label.clone(), fine(step.took), percent(step.took, whole), bar, remark]
    };
    let mut lines = Vec::new();
    for (step, line) in steps.iter().zip(columns(&steps.iter().map(row).collect::<Vec<_>>())) {
        lines.push(line);
        let waits = step.row.filter(|_| all || share(step.took, whole) >= TOLD).map(waits).unwrap_or_default();
        if !waits.is_empty() {
            lines.push(format!("  {waits}"));
        }
    }
    let far = if run.end == End::Complete { "one after the other" } else { "as far as it came" };
    let (on_path, whole) = (duration(run.on_path()), duration(whole));
    let heading = format!("what the run waited for, {far}: {on_path} of {whole}");
    section(&heading, Tone::Strong, &lines, style)
}

/// The differences from the earlier run.
pub(super) fn difference(d: &Difference, all: bool, style: &TermStyle) -> String {
    let row = |c: &Change| {
        let path = if c.on_path { "◆ " } else { "  " };
        let name = format!("{path}{}", named(&c.node.0, c.op));
        [name, c.words(), fine(c.before), format!("-> {}", fine(c.took))]
    };
    let rows: Vec<_> = d.changes.iter().map(row).collect();
    let mut lines = top(&rows, all);
    lines.push(d.rest());
    let heading =
        format!("against the run of {}: {} ({} -> {})", time(d.began), d.words(), duration(d.before), duration(d.took));
    section(&heading, Tone::Strong, &lines, style)
}

/// Calls that failed and were retried.
pub(super) fn retries(run: &Timeline, style: &TermStyle) -> String {
    let retries = run.retries();
    let times: usize = retries.iter().map(|r| r.times).sum();
    let throttled: usize = retries.iter().filter(|r| r.is_throttle()).map(|r| r.times).sum();
    let rows: Vec<[String; 4]> = retries
        .iter()
        .map(|r| {
            let code = r.code.clone().unwrap_or_else(|| "no code".into());
            [code, format!("{}x", r.times), fine(r.took), format!("{}: {}", r.nodes.join(", "), r.message)]
        })
        .collect();
    let throttled = if throttled > 0 { format!(", {throttled} of them throttled") } else { String::new() };
    let took = fine(retries.iter().map(|r| r.took).sum());
    let heading = format!("{}{throttled}, {took} of pauses", retried(times));
    section(&heading, Tone::Warn, &columns(&rows), style)
}

fn retried(times: usize) -> String {
    if times == 1 { "1 retry".into() } else { format!("{times} retries") }
}

/// Waits for call budgets.
pub(super) fn queues(run: &Timeline, style: &TermStyle) -> String {
    let queues = run.queues();
    let rows: Vec<[String; 4]> = queues
        .iter()
        .map(|q| [q.budget.clone(), format!("{}x", q.times), fine(q.took), format!("the longest {}", fine(q.longest))])
        .collect();
    let took = fine(queues.iter().map(|q| q.took).sum());
    section(&format!("queued for call budgets, {took} in all"), Tone::Warn, &columns(&rows), style)
}

/// Calls by action.
pub(super) fn calls(run: &Timeline, all: bool, style: &TermStyle) -> String {
    let calls = run.calls();
    let rows: Vec<[String; 4]> = calls
        .iter()
        .map(|c| [c.call.clone(), format!("{}x", c.times), fine(c.took), format!("the longest {}", fine(c.longest))])
        .collect();
    let (times, took) = (calls.iter().map(|c| c.times).sum(), fine(calls.iter().map(|c| c.took).sum()));
    section(&format!("{}, {took} of answers", count(times, "call")), Tone::Strong, &top(&rows, all), style)
}
