//! What the live view shows at one moment: a pure function of the progress, the time and the size of the terminal.
use crate::{
    At, Look, Progress, Task, Tone,
    text::{between, cell, duration, fit, width},
};
use jiff::Timestamp;
use std::time::Duration;
use vidpipe_engine::Name;

/// Failures stay in view, but not so many that nothing else does.
const FAILURES: usize = 3;
const VERB: usize = 8;
const TIMES: usize = 15;
const KIND: usize = 26;
/// From this width on there is room for the kind, and for longer names.
const WIDE: usize = 120;

/// The lines of the live view, none wider than the terminal, and fewer than it is high.
pub fn frame(progress: &Progress, now: Timestamp, look: &Look) -> Vec<String> {
    // The last column stays free: writing to it moves the cursor on some terminals.
    let columns = look.width.saturating_sub(1);
    let mut lines = vec![head(progress, now, look, columns)];
    lines.extend(failures(progress, look, columns));
    let rows = look.height.saturating_sub(lines.len() + 2).max(1);
    let under_way = progress.under_way();
    let shown = if under_way.len() > rows { rows.saturating_sub(1) } else { under_way.len() };
    let name = under_way.iter().map(|(n, _)| width(&n.0)).max().unwrap_or(0);
    let name = name.min(if columns + 1 >= WIDE { 40 } else { 22 });
    lines.extend(under_way.iter().take(shown).map(|(n, task)| row(n, task, now, look, columns, name)));
    if shown < under_way.len() {
        let more = format!("  and {} more under way", under_way.len() - shown);
        lines.push(look.paint(Tone::Faint, &fit(&more, columns)));
    }
    lines.push(foot(progress, look, columns));
    lines
}

fn head(progress: &Progress, now: Timestamp, look: &Look, columns: usize) -> String {
    let elapsed = duration(progress.began.map_or(Duration::ZERO, |b| between(b, now)));
    let doing = if progress.stopping { "stopping " } else { "" };
    let what = format!("{doing}{} {} in {}", progress.command, progress.environment(), progress.region);
    let what = cell(&what, columns.saturating_sub(width(&elapsed) + 1));
    look.paint(Tone::Strong, &fit(&format!("{what} {elapsed}"), columns))
}

fn failures(progress: &Progress, look: &Look, columns: usize) -> Vec<String> {
    let failed = progress.failed();
    let mut lines: Vec<String> = Vec::new();
    for (name, task) in failed.iter().take(FAILURES) {
        let At::Failed { fault } = &task.at else { continue };
        let code = fault.code.as_deref().map(|c| format!("{c}: ")).unwrap_or_default();
        let line = fit(&format!("  FAILED   {name}: {code}{}", fault.message), columns);
        lines.push(look.paint(Tone::Bad, &line));
    }
    if failed.len() > FAILURES {
        let more = format!("  FAILED   and {} more", failed.len() - FAILURES);
        lines.push(look.paint(Tone::Bad, &fit(&more, columns)));
    }
    lines
}

fn row(name: &Name, task: &Task, now: Timestamp, look: &Look, columns: usize, name_columns: usize) -> String {
    let elapsed = between(task.began.unwrap_or(now), now);
    let late = task.is_late(elapsed);
    let (verb, tone) = match task.at {
        At::Queued { .. } => ("queued", Tone::Warn),
        At::Retrying { .. } => ("retrying", Tone::Warn),
        _ => (task.doing(), Tone::Busy),
    };
    let times = match task.usual {
        Duration::ZERO => duration(elapsed),
        usual => format!("{}/{}", duration(elapsed), duration(usual)),
    };
    let mut fixed = format!("{} ", cell(&name.0, name_columns));
    if columns + 1 >= WIDE {
        fixed.push_str(&format!("{} ", cell(&task.kind, KIND)));
    }
    fixed.push_str(&format!("{} ", cell(&times, TIMES)));
    let taken = 2 + VERB + 1 + width(&fixed);
    let late = if late { "late: " } else { "" };
    let why = fit(&format!("{late}{}", task.why()), columns.saturating_sub(taken));
    let why_tone = if late.is_empty() { Tone::Faint } else { Tone::Warn };
    if taken > columns {
        // Too narrow for columns: as much of the line as there is room for.
        return fit(&format!("  {verb:<VERB$} {fixed}"), columns);
    }
    let line = format!("  {} {fixed}{}", look.paint(tone, &format!("{verb:<VERB$}")), look.paint(why_tone, &why));
    line.trim_end().into()
}

fn foot(progress: &Progress, look: &Look, columns: usize) -> String {
    let counts = progress.counts();
    let room = columns.saturating_sub(width(&counts) + 5).min(40);
    let total = progress.tasks.len();
    if room < 8 || total == 0 {
        return fit(&format!("  {counts}"), columns);
    }
    let full = room * progress.done() / total;
    let bar = format!("{}{}", "=".repeat(full), " ".repeat(room - full));
    format!("  [{}] {counts}", look.paint(Tone::Good, &bar))
}
