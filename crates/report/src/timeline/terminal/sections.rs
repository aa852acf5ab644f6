//! What is below the bars: troubles, the critical path, the difference to an earlier run, retries, turns, and calls.
use super::super::{
    Change, Difference, End, Outcome, Row, Timeline,
    words::{Step, fine, last, named, percent, remark, share, waits},
};
use crate::{
    Look, Tone,
    text::{columns, count, duration, fit, time},
};
use std::collections::BTreeMap;

/// So many lines of a list are enough, unless all are wanted.
const TOP: usize = 10;
/// The longest bar of the critical path, in columns.
const BAR: usize = 20;
const SHORT_BAR: usize = 12;
/// What the provider said is told of steps from this share of the run on.
const TOLD: f64 = 0.1;

/// A heading and its lines, cut to the width; nothing if there are no lines.
fn section(heading: &str, tone: Tone, lines: &[String], look: &Look) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let mut text = format!("{}\n", look.paint(tone, &fit(heading, look.width)));
    for line in lines {
        text.push_str(&format!("  {}\n", fit(line, look.width - 2)));
    }
    text
}

/// The rows that there is room for, and how many more there are.
fn top<const N: usize>(rows: &[[String; N]], all: bool) -> Vec<String> {
    let shown = if all || rows.len() <= TOP + 1 { rows.len() } else { TOP };
    let mut lines = columns(rows.get(..shown).unwrap_or(rows));
    if shown < rows.len() {
        lines.push(format!("and {} more", rows.len() - shown));
    }
    lines
}

/// What failed, and what did not come to its end.
pub(super) fn troubles(run: &Timeline, look: &Look) -> String {
    let mut failed = Vec::new();
    let mut cut = Vec::new();
    let mut skipped: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in &run.rows {
        match &row.outcome {
            Outcome::Failed(fault) => {
                failed.push(format!("{} after {}: {}", titled(row), fine(row.took()), fault.told()));
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
    // A message is read whole, however narrow the terminal.
    let wide = Look { width: usize::MAX, ..*look };
    section("what failed", Tone::Bad, &failed, &wide)
        + &section("cut short by the end of the run", Tone::Warn, &cut, look)
}

fn titled(row: &Row) -> String {
    if row.kind.is_empty() { row.node.0.clone() } else { format!("{} ({})", row.node, row.kind) }
}

/// The critical path as a list with shares; quick steps that follow each other are one line.
pub(super) fn path(run: &Timeline, all: bool, look: &Look) -> String {
    if !run.ordered {
        let old = "what the run waited for: not told by an older vidpipe\n";
        return if run.rows.is_empty() { String::new() } else { old.into() };
    }
    let (whole, longest) = (run.took(), if look.width < 100 { SHORT_BAR } else { BAR });
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
    section(&heading, Tone::Strong, &lines, look)
}

/// What differs from the earlier run.
pub(super) fn difference(d: &Difference, all: bool, look: &Look) -> String {
    let row = |c: &Change| {
        let path = if c.on_path { "◆ " } else { "  " };
        let name = format!("{path}{}", named(&c.node.0, c.half));
        [name, c.words(), fine(c.before), format!("-> {}", fine(c.took))]
    };
    let rows: Vec<_> = d.changes.iter().map(row).collect();
    let mut lines = top(&rows, all);
    lines.push(d.rest());
    let heading =
        format!("against the run of {}: {} ({} -> {})", time(d.began), d.words(), duration(d.before), duration(d.took));
    section(&heading, Tone::Strong, &lines, look)
}

/// Calls that failed and were made again.
pub(super) fn retries(run: &Timeline, look: &Look) -> String {
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
    section(&heading, Tone::Warn, &columns(&rows), look)
}

fn retried(times: usize) -> String {
    if times == 1 { "1 retry".into() } else { format!("{times} retries") }
}

/// Turns at call budgets.
pub(super) fn queues(run: &Timeline, look: &Look) -> String {
    let queues = run.queues();
    let rows: Vec<[String; 4]> = queues
        .iter()
        .map(|q| [q.budget.clone(), format!("{}x", q.times), fine(q.took), format!("the longest {}", fine(q.longest))])
        .collect();
    let took = fine(queues.iter().map(|q| q.took).sum());
    section(&format!("queued for call budgets, {took} in all"), Tone::Warn, &columns(&rows), look)
}

/// Calls by action.
pub(super) fn calls(run: &Timeline, all: bool, look: &Look) -> String {
    let calls = run.calls();
    let rows: Vec<[String; 4]> = calls
        .iter()
        .map(|c| [c.call.clone(), format!("{}x", c.times), fine(c.took), format!("the longest {}", fine(c.longest))])
        .collect();
    let (times, took) = (calls.iter().map(|c| c.times).sum(), fine(calls.iter().map(|c| c.took).sum()));
    section(&format!("{}, {took} of answers", count(times, "call")), Tone::Strong, &top(&rows, all), look)
}
