//! The table of all tasks.
use super::{
    super::{
        Outcome, Row, Timeline,
        words::{fine, named, remark, waits},
    },
    lists::mark,
    section,
};
use crate::text::count;
use maud::{Markup, html};
use std::time::Duration;

/// Every task, in order of its start.
pub(super) fn tasks(run: &Timeline) -> Markup {
    if run.rows.is_empty() {
        return Markup::default();
    }
    let table = html! {
        div .scroll {
            table .sorted {
                thead {
                    tr {
                        th { "Task" }
                        th { "Outcome" }
                        th .num .roomy { "Began" }
                        th .num { "Took" }
                        th .num .roomy { "Calls" }
                        th .roomy { "What AWS said" }
                    }
                }
                tbody { "\n" @for row in &run.rows { (task(run, row)) } }
            }
        }
        "\n"
    };
    let began = count(run.rows.iter().filter(|r| r.from.is_some()).count(), "task");
    section("All tasks", &format!("{began} in the order they began; times are since the run began."), table)
}

fn task(run: &Timeline, row: &Row) -> Markup {
    let class = match row.outcome {
        Outcome::Failed(_) => "bad",
        Outcome::CutShort => "warn",
        Outcome::Done { .. } | Outcome::Skipped { .. } | Outcome::NotBegun => "plain",
    };
    let since = row.from.map_or(Duration::MAX, |from| run.since(from));
    let calls: usize = row.calls.iter().map(|c| c.times).sum();
    html! {
        tr class=[row.from.is_none().then_some("off")] {
            td .name data-s=(row.node.0) { (mark(row.on_path)) b { (named(&row.node.0, row.op)) } small { (row.kind) } }
            td .(class) { (row.did()) small { (because(row)) } }
            td .num .roomy data-v=(since.as_millis().min(u128::from(u64::MAX))) {
                @if row.from.is_some() { (fine(since)) }
            }
            td .num data-v=(row.took().as_millis()) {
                @if row.from.is_some() { (fine(row.took())) }
                small class=[row.is_late().then_some("warn")] { (remark(row)) }
            }
            td .num .roomy data-v=(calls) { @if calls > 0 { (calls) } }
            td .roomy { small { (words(row)) } }
        }
        "\n"
    }
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
