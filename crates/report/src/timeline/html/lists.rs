//! The sections between the chart and the table of tasks: the critical path, differences, pauses, and calls.
use super::{
    super::{
        Calls, Change, Difference, End, Timeline,
        words::{Step, fine, named, percent, remark, share, waits, when},
    },
    section,
};
use crate::{
    markup::escaped,
    text::{count, duration},
};
use std::time::Duration;

/// The number of actions shown; the others are collapsed.
const TOP: usize = 12;

/// A bar that fills that share of its width.
fn meter(share: f64, class: &str) -> String {
    format!(
        "<svg class=\"meter\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <rect class=\"{class}\" width=\"{:.2}\" height=\"8\"/></svg>",
        share * 100.0
    )
}

/// The critical path, step by step.
pub(super) fn path(run: &Timeline) -> String {
    const HEADING: &str = "What the run waited for";
    if !run.ordered {
        return section(
            HEADING,
            "",
            "<p class=\"lead\">An older vidpipe wrote this history: what waited for what is not in it.</p>\n",
        );
    }
    let steps = run.steps(false);
    let longest = steps.iter().map(|s| s.took).max().unwrap_or_default();
    let items: String = steps.iter().map(|step| path_step(run, step, longest)).collect();
    if items.is_empty() {
        return String::new();
    }
    let far = if run.end == End::Complete { "" } else { ", as far as it came" };
    let lead = format!(
        "Its critical path{far}, one step after the other: {} of {}.",
        duration(run.on_path()),
        duration(run.took())
    );
    section(HEADING, &lead, &format!("{}<ol class=\"path\">\n{items}</ol>\n", strip(run, &steps)))
}

/// All steps side by side, with widths proportional to their durations.
fn strip(run: &Timeline, steps: &[Step<'_>]) -> String {
    let mut x = 0.0;
    let mut text = String::new();
    for step in steps {
        let width = share(step.took, run.took()) * 100.0;
        let title = escaped(&format!("{}, {}", step.label, fine(step.took)));
        text.push_str(&format!("<rect x=\"{x:.2}\" width=\"{width:.2}\" height=\"14\"><title>{title}</title></rect>"));
        x += width;
    }
    format!(
        "<svg class=\"strip\" viewBox=\"0 0 100 14\" preserveAspectRatio=\"none\" aria-hidden=\"true\">{text}</svg>\n"
    )
}

fn path_step(run: &Timeline, step: &Step<'_>, longest: Duration) -> String {
    let kind = step.row.map(|r| r.kind.clone()).unwrap_or_default();
    let note = match step.row {
        Some(row) => [remark(row), waits(row)].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join("; "),
        None => step.nodes.join(", "),
    };
    let note = if note.is_empty() { note } else { format!("<span class=\"more\">{}</span>", escaped(&note)) };
    format!(
        "<li><span><b>{}</b><small>{}</small></span><span class=\"num\">{}</span><span class=\"num\">{}</span>{}{note}</li>\n",
        escaped(&step.label),
        escaped(&kind),
        fine(step.took),
        percent(step.took, run.took()),
        meter(share(step.took, longest), "now")
    )
}

/// The differences from the earlier run.
pub(super) fn difference(d: &Difference) -> String {
    let longest = d.changes.iter().map(|c| c.took.max(c.before)).max().unwrap_or_default();
    let rows: String = d.changes.iter().map(|c| change(c, longest)).collect();
    let table = if rows.is_empty() {
        String::new()
    } else {
        format!(
            "<div class=\"scroll\"><table>\n<thead><tr><th>Task</th><th class=\"num\">Before</th><th class=\"num\">Now</th>\
             <th>Difference</th><th class=\"roomy\"></th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n"
        )
    };
    let lead = format!(
        "{} than {}: {} instead of {}. {}.",
        if d.took == d.before { "As long".to_owned() } else { d.words() },
        format_args!("the run of {}", when(d.began)),
        duration(d.took),
        duration(d.before),
        d.rest()
    );
    section("Against the earlier run", &lead, &if table.is_empty() { " ".into() } else { table })
}

fn change(c: &Change, longest: Duration) -> String {
    let class = if c.is_slower() { "warn" } else { "good" };
    format!(
        "<tr><td class=\"name\">{}<b>{}</b><small>{}</small></td><td class=\"num\">{}</td><td class=\"num\">{}</td>\
         <td class=\"{class}\">{}</td><td class=\"meters roomy\">{}{}</td></tr>\n",
        mark(c.on_path),
        escaped(&named(&c.node.0, c.op)),
        escaped(&c.kind),
        fine(c.before),
        fine(c.took),
        c.words(),
        meter(share(c.before, longest), "before"),
        meter(share(c.took, longest), "now")
    )
}

/// The mark of tasks on the critical path.
pub(super) const fn mark(on_path: bool) -> &'static str {
    if on_path { "<span class=\"mark\" title=\"the run waited for it\">&#9670;</span> " } else { "" }
}

/// Retried calls, and waits for call budgets.
pub(super) fn pauses(run: &Timeline) -> String {
    let retries: String = run
        .retries()
        .iter()
        .map(|r| {
            let throttled = if r.is_throttle() { ", throttled" } else { "" };
            let code = escaped(r.code.as_deref().unwrap_or("no code"));
            let note = escaped(&format!("{}: {}", r.nodes.join(", "), r.message));
            let (times, took) = (r.times, fine(r.took));
            format!(
                "<tr><td class=\"name\"><b>{code}</b>{throttled}<small>{note}</small></td><td class=\"num\">{times}</td>\
                 <td class=\"num\">{took}</td></tr>\n"
            )
        })
        .collect();
    let queues: String = run
        .queues()
        .iter()
        .map(|q| {
            let (budget, times, took) = (escaped(&q.budget), q.times, fine(q.took));
            let longest = fine(q.longest);
            format!(
                "<tr><td class=\"name\"><b>{budget}</b><small>the longest {longest}</small></td>\
                 <td class=\"num\">{times}</td><td class=\"num\">{took}</td></tr>\n"
            )
        })
        .collect();
    let table = |what: &str, rows: &str| {
        if rows.is_empty() {
            return String::new();
        }
        format!(
            "<div class=\"scroll\"><table>\n<thead><tr><th>{what}</th><th class=\"num\">Times</th>\
             <th class=\"num\">Pauses</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n"
        )
    };
    let again = section(
        "Made again",
        "Calls that failed for the moment, and the pauses before the next try.",
        &table("Code", &retries),
    );
    let turns =
        section("Queued", "Turns at APIs with a call budget, so as not to be throttled.", &table("Budget", &queues));
    match (again.is_empty(), turns.is_empty()) {
        (false, false) => format!("<div class=\"twin\">\n{again}{turns}</div>\n"),
        _ => again + &turns,
    }
}

/// Calls by action.
pub(super) fn calls(run: &Timeline) -> String {
    let calls = run.calls();
    if calls.is_empty() {
        return String::new();
    }
    let longest = calls.iter().map(|c| c.took).max().unwrap_or_default();
    let table = |calls: &[Calls]| {
        let rows: String = calls.iter().map(|c| action(c, longest)).collect();
        format!(
            "<div class=\"scroll\"><table>\n<thead><tr><th>Action</th><th class=\"num\">Times</th><th class=\"num\">Together</th>\
             <th class=\"num\">Longest</th><th class=\"roomy\"></th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n"
        )
    };
    let visible = if calls.len() <= TOP + 2 { calls.len() } else { TOP };
    let (first, rest) = calls.split_at(visible);
    let mut body = table(first);
    if !rest.is_empty() {
        body.push_str(&format!("<details><summary>{} more</summary>\n{}</details>\n", rest.len(), table(rest)));
    }
    let times = calls.iter().map(|c| c.times).sum();
    let took = fine(calls.iter().map(|c| c.took).sum());
    section("Calls", &format!("{}, {took} until their answers, many at once.", count(times, "call")), &body)
}

fn action(c: &Calls, longest: Duration) -> String {
    let (service, action) = c.call.rsplit_once([' ', ':']).unwrap_or(("", &c.call));
    format!(
        "<tr><td class=\"name\"><b>{}</b><small>{}</small></td><td class=\"num\">{}</td><td class=\"num\">{}</td>\
         <td class=\"num\">{}</td><td class=\"meters roomy\">{}</td></tr>\n",
        escaped(action),
        escaped(service),
        c.times,
        fine(c.took),
        fine(c.longest),
        meter(share(c.took, longest), "now")
    )
}
