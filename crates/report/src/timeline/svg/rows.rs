//! The lines of the chart: labels, bars with their activities, and the critical path across them.
use super::{
    super::{
        Activity, Outcome, Row, Segment, Sweep, Timeline,
        bars::Bar,
        words::{fine, named, remark},
    },
    Shape, Sheet,
};
use crate::text::{fit, px, width};
use maud::{Markup, html};

/// Narrower segments are not drawn.
const SEEN: f64 = 0.4;
/// The minimum width of a task.
const LEAST: f64 = 2.0;
/// The approximate width of a character on a bar.
const LETTER: f64 = 5.3;
/// A task with a narrower usual time is not compared with it.
const COMPARED: f64 = 12.0;
/// The mark for known values is omitted within this distance of the start, and within `END` of the end.
const BEGINNING: f64 = 8.0;
const END: f64 = 40.0;
/// The maximum number of quick tasks named in a tooltip.
const NAMED: usize = 40;

/// A line of the chart.
pub(super) fn bar(run: &Timeline, bar: &Bar<'_>, n: usize, sheet: &Sheet) -> Markup {
    let (label, took, title) = match bar.task() {
        Some(row) => (format!("{} {}", row.mark(), row.node), fine(row.took()), task_title(row)),
        None => (bar.label(), String::new(), quick_title(bar)),
    };
    let failed = bar.task().is_some_and(|row| matches!(row.outcome, Outcome::Failed(_)));
    html! {
        g .row .critical[bar.on_path()] .failed[failed] {
            title { (title) }
            (labels(&label, &took, n, sheet))
            @for row in &bar.rows { (task(run, row, n, sheet)) }
        }
    }
}

/// The background of a line, its label, and its duration.
fn labels(name: &str, took: &str, n: usize, sheet: &Sheet) -> Markup {
    let (top, high, width) = (sheet.line(n), sheet.apart, sheet.width);
    let base = match sheet.shape {
        Shape::Wide => top + sheet.apart / 2.0 + 4.0,
        Shape::Narrow => top + 14.0,
    };
    let (x, end) = match sheet.shape {
        Shape::Wide => (4.0, sheet.left - 12.0),
        Shape::Narrow => (sheet.left, sheet.left + sheet.room),
    };
    html! {
        rect .hit x="0" y=(px(top)) width=(px(width)) height=(px(high)) rx="4" {}
        text .name x=(px(x)) y=(px(base)) { (fit(name, sheet.letters + 2)) }
        text .took x=(px(end)) y=(px(base)) { (took) }
    }
}

/// The bar of one task: its usual time below it, its activities on it, and its end.
fn task(run: &Timeline, row: &Row, n: usize, sheet: &Sheet) -> Markup {
    let Some((from, to)) = row.from.zip(row.to) else { return Markup::default() };
    let (x, y, high) = (sheet.x(run, from), sheet.y(n), sheet.high);
    let width = (sheet.x(run, to) - x).max(LEAST);
    let (end, middle) = (x + width + 3.0, y + high / 2.0);
    html! {
        (compared(run, row, n, sheet))
        rect .work x=(px(x)) y=(px(y)) width=(px(width)) height=(px(high)) rx="2" {}
        @for segment in &row.segments { (piece(run, segment, y, sheet)) }
        @if let Some(known) = known(run, row, sheet) {
            path .known d=(format!("M{known:.1} {:.1} l4 4 l-4 4 l-4 -4 z", middle - 4.0)) {
                title { "its values can be read" }
            }
        }
        @match row.outcome {
            Outcome::Failed(_) => path .fell d=(format!("M{end:.1} {:.1} l7 7 m0 -7 l-7 7", middle - 3.5)) {},
            Outcome::CutShort => path .cut d=(format!("M{end:.1} {:.1} l5 4 l-5 4", middle - 4.0)) {},
            _ => {},
        }
    }
}

/// The position at which the node's values became readable, if that is far enough from its start and end.
pub(super) fn known(run: &Timeline, row: &Row, sheet: &Sheet) -> Option<f64> {
    let (known, from, to) = (row.known?, row.from?, row.to?);
    let [known, from, to] = [known, from, to].map(|at| sheet.x(run, at));
    (known - from > BEGINNING && to - known > END).then_some(known)
}

/// A line for its usual time, continued by a thin line up to the time that nine of ten do not exceed.
fn compared(run: &Timeline, row: &Row, n: usize, sheet: &Sheet) -> Markup {
    let Some(from) = row.from else { return Markup::default() };
    let end = |d: std::time::Duration| sheet.x(run, from.checked_add(d).unwrap_or(from));
    let (x, usual, late, y) = (sheet.x(run, from), end(row.usual), end(row.late), sheet.y(n) + sheet.high + 2.0);
    let line = |class: &str, a: f64, b: f64| html! { line .(class) x1=(px(a)) y1=(px(y)) x2=(px(b)) y2=(px(y)) {} };
    html! {
        @if usual - x >= COMPARED {
            (line("usual", x, usual))
            @if late > usual { (line("late", usual, late)) }
        }
    }
}

fn piece(run: &Timeline, segment: &Segment, y: f64, sheet: &Sheet) -> Markup {
    let (x, end) = (sheet.x(run, segment.from), sheet.x(run, segment.to));
    let room = end - x;
    let (class, what, word) = match &segment.doing {
        Activity::Working => return Markup::default(),
        Activity::Calling { call } => ("call", format!("calling {call}"), ""),
        Activity::Waiting { why } => ("wait", format!("waiting for AWS: {why}"), why.as_str()),
        Activity::Queued { budget } => ("queue", format!("queued for {budget}"), ""),
        Activity::Pausing { code, message } => {
            let code = code.as_deref().map(|c| format!("{c}: ")).unwrap_or_default();
            ("pause", format!("before a retry, after {code}{message}"), "")
        }
    };
    if room < SEEN {
        return Markup::default();
    }
    let letters = ((room - 10.0) / LETTER).max(0.0) as usize;
    html! {
        rect .(class) x=(px(x)) y=(px(y)) width=(px(room)) height=(px(sheet.high)) {
            title { (what) ", " (fine(segment.took())) }
        }
        @if letters >= 6.min(width(word)) && letters > 2 && !word.is_empty() {
            text .word x=(px(x + 5.0)) y=(px(y + sheet.high - 3.8)) { (fit(word, letters)) }
        }
    }
}

fn task_title(row: &Row) -> String {
    let kind = if row.kind.is_empty() { String::new() } else { format!(" ({})", row.kind) };
    let mut title = format!("{}{kind}: {} after {}", named(&row.node.0, row.op), row.did(), fine(row.took()));
    let remark = remark(row);
    if !remark.is_empty() {
        title.push_str(&format!(", {remark}"));
    }
    if let Outcome::Failed(fault) = &row.outcome {
        title.push_str(&format!(": {}", fault.to_line()));
    }
    title
}

fn quick_title(bar: &Bar<'_>) -> String {
    let item = |r: &&Row| format!("{} {}", named(&r.node.0, r.op), fine(r.took()));
    let mut names: Vec<String> = bar.rows.iter().take(NAMED).map(item).collect();
    if bar.rows.len() > NAMED {
        names.push(format!("and {} more", bar.rows.len() - NAMED));
    }
    names.join(", ")
}

/// Connects each step of the critical path to the next, at the start of the next step.
pub(super) fn path(run: &Timeline, bars: &[Bar<'_>], sheet: &Sheet) -> Markup {
    let place = |l: &vidpipe_engine::path::Link| {
        bars.iter().position(|b| b.rows.iter().any(|r| r.node == l.node && r.op == l.op))
    };
    let line = |pair: &[vidpipe_engine::path::Link]| {
        let [step, next] = pair else { return None };
        let (a, b) = (place(step)?, place(next)?);
        let (x, end) = (sheet.x(run, step.to), sheet.x(run, next.from));
        let (y, down) = (sheet.y(a) + sheet.high / 2.0, sheet.y(b) + sheet.high / 2.0);
        (a != b).then(|| format!("M{x:.1} {y:.1} H{end:.1} V{down:.1}"))
    };
    html! { @for d in run.path.windows(2).filter_map(line) { path .path d=(d) {} "\n" } }
}

/// The line of the sweep.
pub(super) fn sweep(run: &Timeline, sweep: &Sweep, sheet: &Sheet) -> Markup {
    let n = sheet.lines().saturating_sub(1);
    let (x, end, y, high) = (sheet.x(run, sweep.from), sheet.x(run, sweep.to), sheet.y(n), sheet.high);
    let took = fine(crate::text::between(sweep.from, sweep.to));
    let width = (end - x).max(LEAST);
    html! {
        g .row {
            title { "a check of what is still there: " (sweep.outcome) }
            (labels("sweep", &took, n, sheet))
            rect .wait x=(px(x)) y=(px(y)) width=(px(width)) height=(px(high)) rx="2" {}
        }
    }
}
