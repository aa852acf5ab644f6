//! The table of all tasks.
use super::{
    super::{
        Outcome, Row, Timeline,
        words::{fine, named, remark, waits},
    },
    lists::mark,
    section,
};
use crate::{markup::escaped, text::count};
use std::time::Duration;

/// Every task, in order of its start.
pub(super) fn tasks(run: &Timeline) -> String {
    if run.rows.is_empty() {
        return String::new();
    }
    let rows: String = run.rows.iter().map(|r| row(run, r)).collect();
    let table = format!(
        "<div class=\"scroll\"><table class=\"sorted\">\n<thead><tr><th>Task</th><th>Outcome</th><th class=\"num roomy\">Began</th>\
         <th class=\"num\">Took</th><th class=\"num roomy\">Calls</th><th class=\"roomy\">What AWS said</th></tr></thead>\n\
         <tbody>\n{rows}</tbody>\n</table></div>\n"
    );
    let began = count(run.rows.iter().filter(|r| r.from.is_some()).count(), "task");
    section("All tasks", &format!("{began} in the order they began; times are since the run began."), &table)
}

fn row(run: &Timeline, row: &Row) -> String {
    let class = match row.outcome {
        Outcome::Failed(_) => "bad",
        Outcome::CutShort => "warn",
        Outcome::Done { .. } | Outcome::Skipped { .. } | Outcome::NotBegun => "plain",
    };
    let off = if row.from.is_none() { " class=\"off\"" } else { "" };
    let (began, since) = match row.from {
        Some(from) => (fine(run.since(from)), run.since(from)),
        None => (String::new(), Duration::MAX),
    };
    let took = if row.from.is_some() { fine(row.took()) } else { String::new() };
    let remark = escaped(&remark(row));
    let late = if row.is_late() { " class=\"warn\"" } else { "" };
    let calls: usize = row.calls.iter().map(|c| c.times).sum();
    let call_count = if calls > 0 { calls.to_string() } else { String::new() };
    format!(
        "<tr{off}><td class=\"name\" data-s=\"{}\">{}<b>{}</b><small>{}</small></td><td class=\"{class}\">{}<small>{}</small></td>\
         <td class=\"num roomy\" data-v=\"{}\">{began}</td><td class=\"num\" data-v=\"{}\">{took}<small{late}>{remark}</small></td>\
         <td class=\"num roomy\" data-v=\"{calls}\">{call_count}</td><td class=\"roomy\"><small>{}</small></td></tr>\n",
        escaped(&row.node.0),
        mark(row.on_path),
        escaped(&named(&row.node.0, row.op)),
        escaped(&row.kind),
        row.did(),
        escaped(&because(row)),
        since.as_millis().min(u128::from(u64::MAX)),
        row.took().as_millis(),
        escaped(&words(row)),
    )
}

/// The reason that the task is not done, if so.
fn because(row: &Row) -> String {
    match &row.outcome {
        Outcome::Failed(fault) => fault.to_line(),
        Outcome::Skipped { because } => format!("{because} failed"),
        Outcome::Done { .. } | Outcome::CutShort | Outcome::NotBegun => String::new(),
    }
}

/// The status messages the provider returned during the wait.
fn words(row: &Row) -> String {
    let all = waits(row);
    if !all.is_empty() {
        return all;
    }
    let only = row.segments.iter().find_map(|s| match &s.doing {
        super::super::Activity::Waiting { why } => Some(format!("{why} {}", fine(s.took()))),
        _ => None,
    });
    only.unwrap_or_default()
}
