//! The lines of the chart: labels, bars with their activities, and the critical path across them.
use super::{
    super::{
        Activity, Outcome, Row, Segment, Timeline,
        bars::Bar,
        words::{fine, named, remark},
    },
    Shape, Sheet,
};
use crate::{
    markup::escaped,
    text::{fit, width},
};

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
pub(super) fn bar(run: &Timeline, bar: &Bar<'_>, n: usize, sheet: &Sheet) -> String {
    let mut class = String::from("row");
    if bar.on_path() {
        class.push_str(" critical");
    }
    let (took, title) = match bar.task() {
        Some(row) => {
            if matches!(row.outcome, Outcome::Failed(_)) {
                class.push_str(" failed");
            }
            (fine(row.took()), task_title(row))
        }
        None => (String::new(), quick_title(bar)),
    };
    let label = match bar.task() {
        Some(row) => format!("{} {}", row.mark(), row.node),
        None => bar.label(),
    };
    let mut text = format!("<g class=\"{class}\"><title>{}</title>", escaped(&title));
    text.push_str(&labels(&label, &took, n, sheet));
    for row in &bar.rows {
        text.push_str(&task(run, row, n, sheet));
    }
    text + "</g>\n"
}

/// The background of a line, its label, and its duration.
fn labels(name: &str, took: &str, n: usize, sheet: &Sheet) -> String {
    let (top, high, width) = (sheet.line(n), sheet.apart, sheet.width);
    let base = match sheet.shape {
        Shape::Wide => top + sheet.apart / 2.0 + 4.0,
        Shape::Narrow => top + 14.0,
    };
    let (x, end) = match sheet.shape {
        Shape::Wide => (4.0, sheet.left - 12.0),
        Shape::Narrow => (sheet.left, sheet.left + sheet.room),
    };
    let name = escaped(&fit(name, sheet.letters + 2));
    format!(
        "<rect class=\"hit\" x=\"0\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{high:.1}\" rx=\"4\"/>\
         <text class=\"name\" x=\"{x:.1}\" y=\"{base:.1}\">{name}</text>\
         <text class=\"took\" x=\"{end:.1}\" y=\"{base:.1}\">{}</text>",
        escaped(took)
    )
}

/// The bar of one task: its usual time below it, its activities on it, and its end.
fn task(run: &Timeline, row: &Row, n: usize, sheet: &Sheet) -> String {
    let Some((from, to)) = row.from.zip(row.to) else { return String::new() };
    let (x, y, high) = (sheet.x(run, from), sheet.y(n), sheet.high);
    let width = (sheet.x(run, to) - x).max(LEAST);
    let mut text = compared(run, row, n, sheet);
    text.push_str(&format!(
        "<rect class=\"work\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{high:.1}\" rx=\"2\"/>"
    ));
    for segment in &row.segments {
        text.push_str(&piece(run, segment, y, sheet));
    }
    if let Some(known) = known(run, row, sheet) {
        let top = y + high / 2.0 - 4.0;
        text.push_str(&format!(
            "<path class=\"known\" d=\"M{known:.1} {top:.1} l4 4 l-4 4 l-4 -4 z\"><title>its values can be read</title></path>"
        ));
    }
    let (end, middle) = (x + width + 3.0, y + high / 2.0);
    match row.outcome {
        Outcome::Failed(_) => {
            text.push_str(&format!("<path class=\"fell\" d=\"M{end:.1} {:.1} l7 7 m0 -7 l-7 7\"/>", middle - 3.5))
        }
        Outcome::CutShort => {
            text.push_str(&format!("<path class=\"cut\" d=\"M{end:.1} {:.1} l5 4 l-5 4\"/>", middle - 4.0))
        }
        _ => {}
    }
    text
}

/// The position at which the node's values became readable, if that is far enough from its start and end.
pub(super) fn known(run: &Timeline, row: &Row, sheet: &Sheet) -> Option<f64> {
    let (known, from, to) = (row.known?, row.from?, row.to?);
    let [known, from, to] = [known, from, to].map(|at| sheet.x(run, at));
    (known - from > BEGINNING && to - known > END).then_some(known)
}

/// A line for its usual time, continued by a thin line up to the time that nine of ten do not exceed.
fn compared(run: &Timeline, row: &Row, n: usize, sheet: &Sheet) -> String {
    let Some(from) = row.from else { return String::new() };
    let end = |d: std::time::Duration| sheet.x(run, from.checked_add(d).unwrap_or(from));
    let (x, usual, late, y) = (sheet.x(run, from), end(row.usual), end(row.late), sheet.y(n) + sheet.high + 2.0);
    if usual - x < COMPARED {
        return String::new();
    }
    let line = |class: &str, a: f64, b: f64| {
        format!("<line class=\"{class}\" x1=\"{a:.1}\" y1=\"{y:.1}\" x2=\"{b:.1}\" y2=\"{y:.1}\"/>")
    };
    line("usual", x, usual) + &if late > usual { line("late", usual, late) } else { String::new() }
}

fn piece(run: &Timeline, segment: &Segment, y: f64, sheet: &Sheet) -> String {
    let (x, end) = (sheet.x(run, segment.from), sheet.x(run, segment.to));
    let room = end - x;
    let (class, what, word) = match &segment.doing {
        Activity::Working => return String::new(),
        Activity::Calling { call } => ("call", format!("calling {call}"), ""),
        Activity::Waiting { why } => ("wait", format!("waiting for AWS: {why}"), why.as_str()),
        Activity::Queued { budget } => ("queue", format!("queued for {budget}"), ""),
        Activity::Pausing { code, message } => {
            let code = code.as_deref().map(|c| format!("{c}: ")).unwrap_or_default();
            ("pause", format!("before a retry, after {code}{message}"), "")
        }
    };
    if room < SEEN {
        return String::new();
    }
    let title = escaped(&format!("{what}, {}", fine(segment.took())));
    let mut text = format!(
        "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{room:.1}\" height=\"{:.1}\"><title>{title}</title></rect>",
        sheet.high
    );
    let letters = ((room - 10.0) / LETTER).max(0.0) as usize;
    if letters >= 6.min(width(word)) && letters > 2 && !word.is_empty() {
        let (x, y) = (x + 5.0, y + sheet.high - 3.8);
        text.push_str(&format!(
            "<text class=\"word\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>",
            escaped(&fit(word, letters))
        ));
    }
    text
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
pub(super) fn path(run: &Timeline, bars: &[Bar<'_>], sheet: &Sheet) -> String {
    let place = |l: &vidpipe_engine::path::Link| {
        bars.iter().position(|b| b.rows.iter().any(|r| r.node == l.node && r.op == l.op))
    };
    let mut text = String::new();
    for pair in run.path.windows(2) {
        let [step, next] = pair else { continue };
        let (Some(a), Some(b)) = (place(step), place(next)) else { continue };
        if a == b {
            continue;
        }
        let (x, end) = (sheet.x(run, step.to), sheet.x(run, next.from));
        let (y, down) = (sheet.y(a) + sheet.high / 2.0, sheet.y(b) + sheet.high / 2.0);
        text.push_str(&format!("<path class=\"path\" d=\"M{x:.1} {y:.1} H{end:.1} V{down:.1}\"/>\n"));
    }
    text
}

/// The line of the sweep.
pub(super) fn sweep(run: &Timeline, sheet: &Sheet) -> String {
    let Some(sweep) = &run.sweep else { return String::new() };
    let n = sheet.lines().saturating_sub(1);
    let (x, end, y, high) = (sheet.x(run, sweep.from), sheet.x(run, sweep.to), sheet.y(n), sheet.high);
    let took = fine(crate::text::between(sweep.from, sweep.to));
    let labels = labels("sweep", &took, n, sheet);
    let width = (end - x).max(LEAST);
    format!(
        "<g class=\"row\"><title>a check of what is still there: {}</title>{labels}\
         <rect class=\"wait\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{high:.1}\" rx=\"2\"/></g>\n",
        escaped(&sweep.outcome)
    )
}
