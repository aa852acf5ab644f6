//! Renders one frame of the live view: a pure function of the progress, the time and the size of the terminal.
use super::head::{expected, head};
use crate::{
    At, Progress, Remaining, Task, TermStyle, Tone,
    text::{between, cell, duration, fit, width},
};
use jiff::Timestamp;
use std::time::Duration;
use vidpipe_engine::Name;

/// The maximum number of failures shown, so that space remains for tasks under way.
const FAILURES: usize = 3;
const VERB: usize = 8;
const TIMES: usize = 15;
const KIND: usize = 26;
/// The minimum width that has space for the kind, and for longer names.
const WIDE: usize = 120;

/// The lines of the live view, no wider than the terminal, and fewer than its height. Tasks that determine the end of
/// the run come first and are marked.
pub fn frame(progress: &Progress, now: Timestamp, style: &TermStyle) -> Vec<String> {
    // The last column stays empty: on some terminals, writing to it moves the cursor.
    let columns = style.width.saturating_sub(1);
    let rest = progress.rest(now);
    let mut lines = vec![head(progress, rest.as_ref(), now, style, columns)];
    lines.extend(failures(progress, style, columns));
    let expected = expected(progress, style, columns);
    let rows = style.height.saturating_sub(lines.len() + 2 + usize::from(expected.is_some())).max(1);
    let under_way = under_way(progress, rest.as_ref());
    let visible = if under_way.len() > rows { rows.saturating_sub(1) } else { under_way.len() };
    let row = Row { now, style, columns, name: name_column(progress, columns) };
    lines.extend(under_way.iter().take(visible).map(|(name, task, decides)| row.of(name, task, *decides)));
    if visible < under_way.len() {
        let more = format!("  and {} more under way", under_way.len() - visible);
        lines.push(style.paint(Tone::Faint, &fit(&more, columns)));
    }
    lines.push(foot(progress, style, columns));
    lines.extend(expected);
    lines
}

/// The tasks under way, and whether they determine the end of the run: those first, then the oldest.
fn under_way<'a>(progress: &'a Progress, rest: Option<&Remaining>) -> Vec<(&'a Name, &'a Task, bool)> {
    let decides = |name: &Name, task: &Task| rest.is_some_and(|rest| rest.is_decided_by(name, task.op));
    let mut tasks: Vec<_> = progress.under_way().into_iter().map(|(n, t)| (n, t, decides(n, t))).collect();
    tasks.sort_by_key(|(_, _, decides)| !decides);
    tasks
}

/// The width of the longest name that is still to be shown, so that columns do not shift between frames.
fn name_column(progress: &Progress, columns: usize) -> usize {
    let open = progress.tasks.iter().filter(|(_, task)| !task.is_over());
    let most = if columns + 1 >= WIDE { 40 } else { 22 };
    open.map(|((name, _), _)| width(&name.0)).max().unwrap_or(0).min(most)
}

fn failures(progress: &Progress, style: &TermStyle, columns: usize) -> Vec<String> {
    let failed = progress.failed();
    let mut lines: Vec<String> = Vec::new();
    for (name, task) in failed.iter().take(FAILURES) {
        let At::Failed { fault } = &task.at else { continue };
        let code = fault.code.as_deref().map(|c| format!("{c}: ")).unwrap_or_default();
        let line = fit(&format!("  FAILED   {name}: {code}{}", fault.message), columns);
        lines.push(style.paint(Tone::Bad, &line));
    }
    if failed.len() > FAILURES {
        let more = format!("  FAILED   and {} more", failed.len() - FAILURES);
        lines.push(style.paint(Tone::Bad, &fit(&more, columns)));
    }
    lines
}

/// The properties shared by all rows.
struct Row<'a> {
    now: Timestamp,
    style: &'a TermStyle,
    columns: usize,
    /// The width of the name column.
    name: usize,
}

impl Row<'_> {
    fn of(&self, name: &Name, task: &Task, decides: bool) -> String {
        let (verb, tone) = match task.at {
            At::Queued { .. } => ("queued", Tone::Warn),
            At::Retrying { .. } => ("retrying", Tone::Warn),
            _ => (task.doing(), Tone::Busy),
        };
        let mark = if decides { ">" } else { " " };
        let mut fixed = format!("{} ", cell(&name.0, self.name));
        if self.columns + 1 >= WIDE {
            fixed.push_str(&format!("{} ", cell(&task.kind, KIND)));
        }
        fixed.push_str(&format!("{} ", cell(&self.times(task), TIMES)));
        let taken = 2 + VERB + 1 + width(&fixed);
        if taken > self.columns {
            // Too narrow for columns: truncate the line to the available width.
            return fit(&format!("{mark} {verb:<VERB$} {fixed}"), self.columns);
        }
        let late = task.is_late(self.now);
        let why = self.why(task, late, self.columns - taken);
        let why = self.style.paint(if late { Tone::Warn } else { Tone::Faint }, &why);
        let (mark, verb) = (self.style.paint(Tone::Strong, mark), self.style.paint(tone, &format!("{verb:<VERB$}")));
        format!("{mark} {verb} {fixed}{why}").trim_end().into()
    }

    fn times(&self, task: &Task) -> String {
        let elapsed = between(task.began.unwrap_or(self.now), self.now);
        match task.usual {
            Duration::ZERO => duration(elapsed),
            usual => format!("{}/{}", duration(elapsed), duration(usual)),
        }
    }

    /// The reason, truncated so that a countdown stays visible.
    fn why(&self, task: &Task, late: bool, columns: usize) -> String {
        let (what, when) = task.why_and_when(self.now);
        let late = if late { "late: " } else { "" };
        fit(&format!("{}{when}", fit(&format!("{late}{what}"), columns.saturating_sub(width(&when)))), columns)
    }
}

fn foot(progress: &Progress, style: &TermStyle, columns: usize) -> String {
    let counts = progress.counts();
    let room = columns.saturating_sub(width(&counts) + 5).min(40);
    let total = progress.tasks.len();
    if room < 8 || total == 0 {
        return fit(&format!("  {counts}"), columns);
    }
    let full = room * progress.done() / total;
    let bar = format!("{}{}", "=".repeat(full), " ".repeat(room - full));
    format!("  [{}] {counts}", style.paint(Tone::Good, &bar))
}
