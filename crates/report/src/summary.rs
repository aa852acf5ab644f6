//! The summary at the end of a run: the totals, the failures and their causes, the skipped tasks, and the next command.
use crate::{
    At, Progress, SCHEMA, Task, TermStyle, Tone, spent,
    text::{clean, count, duration},
    theirs,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use vidpipe_engine::{Name, event::Halt};

/// The commands to suggest, as typed by the user.
#[derive(Clone, Copy, Debug)]
pub struct Next<'a> {
    /// Continues unfinished work: the same command again.
    pub again: &'a str,
    /// The next command once everything is done, if any.
    pub then: Option<&'a str>,
}

impl Next<'_> {
    fn after(&self, run: &Progress) -> Option<&str> {
        if run.is_complete() { self.then } else { Some(self.again) }
    }
}

/// The summary for people.
pub fn human(run: &Progress, next: Next<'_>, style: &TermStyle) -> String {
    let mut text = String::new();
    let (tone, word) = match (run.is_complete(), run.failed().is_empty()) {
        (true, _) => (Tone::Good, "done in"),
        (false, true) if run.stopping == Some(Halt::Deadline) => (Tone::Warn, "stopped for the deadline after"),
        (false, true) => (Tone::Warn, "stopped after"),
        (false, false) => (Tone::Bad, "FAILED after"),
    };
    let (what, took) = (format!("{} {}", run.command, run.environment()), duration(run.took.unwrap_or_default()));
    text.push_str(&format!("{what} {} {took}: {}\n", style.paint(tone, word), totals(run)));
    for (name, task) in run.failed() {
        text.push_str(&failure(name, task, style));
    }
    text.push_str(&theirs::human(&run.theirs, style));
    for (because, names) in skipped(run) {
        let skipped = style.paint(Tone::Warn, "skipped");
        let names: Vec<&str> = names.iter().map(|n| n.0.as_str()).collect();
        text.push_str(&format!("\n{skipped} because {} failed: {}\n", clean(&because.0), clean(&names.join(", "))));
    }
    text.push_str(&spent::human(run, style));
    if let Some(command) = next.after(run) {
        let why = if run.is_complete() { "" } else { "   (continues where this run stopped)" };
        text.push_str(&format!("\nnext: {}{why}\n", style.paint(Tone::Strong, command)));
    }
    text
}

/// `60 created, 2 updated, 12 unchanged, 1 failed, 2 skipped, 3 not begun`.
fn totals(run: &Progress) -> String {
    let mut by_word: BTreeMap<&str, usize> = BTreeMap::new();
    for task in run.tasks.values() {
        *by_word.entry(task.done()).or_default() += 1;
    }
    if run.kept > 0 {
        *by_word.entry("unchanged").or_default() += run.kept;
    }
    let order = [
        "created",
        "resumed",
        "updated",
        "removed",
        "left to the account",
        "unchanged",
        "failed",
        "skipped",
        "not finished",
        "not begun",
    ];
    let parts: Vec<String> = order.iter().filter_map(|w| by_word.get(w).map(|n| format!("{n} {w}"))).collect();
    if parts.is_empty() { "nothing to do".into() } else { parts.join(", ") }
}

fn failure(name: &Name, task: &Task, style: &TermStyle) -> String {
    let At::Failed { fault } = &task.at else { return String::new() };
    let kind = if task.kind.is_empty() { String::new() } else { format!(" ({})", task.kind) };
    let what = clean(&format!("{name}{kind}"));
    let mut text = format!("\n{} {what}, while {} it\n", style.paint(Tone::Bad, "failed"), task.doing());
    text.push_str(&format!("  {}\n", fault.message));
    if let Some(whose) = fault.whose() {
        text.push_str(&format!("  {}\n", style.paint(Tone::Faint, &whose)));
    }
    if let Some(hint) = &fault.hint {
        text.push_str(&format!("  hint: {hint}\n"));
    }
    text
}

fn skipped(run: &Progress) -> BTreeMap<&Name, Vec<&Name>> {
    let mut by_cause: BTreeMap<&Name, Vec<&Name>> = BTreeMap::new();
    for (name, task) in run.skipped() {
        if let At::Skipped { because } = &task.at {
            by_cause.entry(because).or_default().push(name);
        }
    }
    by_cause
}

/// The summary for programs: one object.
pub fn json(run: &Progress, next: Next<'_>) -> Value {
    let failed: Vec<Value> = run.failed().iter().filter_map(|(name, task)| failed_json(name, task)).collect();
    let skipped: Vec<Value> = skipped(run)
        .into_iter()
        .flat_map(|(because, names)| names.into_iter().map(move |n| json!({ "node": n, "because": because })))
        .collect();
    let mut summary = json!({
        "schema": SCHEMA, "command": run.command, "pipeline": run.pipeline, "suffix": run.suffix, "region": run.region,
        "complete": run.is_complete(), "stopped": run.stopping.is_some(), "ms": run.took.map(spent::ms), "total": run.tasks.len(), "done": run.done(),
        "kept": run.kept, "failed": failed, "skipped": skipped, "theirs": theirs::json(&run.theirs), "next": next.after(run),
        "stopped_for": run.stopping,
    });
    for (name, value) in spent::json(run) {
        summary[name] = value;
    }
    summary
}

fn failed_json(name: &Name, task: &Task) -> Option<Value> {
    let At::Failed { fault } = &task.at else { return None };
    let mut value = json!({ "node": name, "kind": task.kind, "while": task.doing() });
    let (Some(all), Ok(Value::Object(more))) = (value.as_object_mut(), serde_json::to_value(fault)) else {
        return None;
    };
    all.extend(more);
    Some(value)
}

/// One line for a finished run, as `status` shows the last run: `63 done` or `60 done, 1 failed, 2 skipped`.
pub fn outcome(done: usize, failed: usize, skipped: usize) -> String {
    if failed + skipped == 0 {
        return count(done, "task") + " done";
    }
    format!("{done} done, {failed} failed, {skipped} skipped")
}
