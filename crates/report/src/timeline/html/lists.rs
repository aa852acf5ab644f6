//! The sections between the chart and the table of tasks: the critical path, differences, pauses, and calls.
use super::{
    super::{
        Calls, Change, Difference, End, Timeline,
        words::{Step, fine, named, percent, remark, share, waits, when},
    },
    section,
};
use crate::text::{count, duration};
use maud::{Markup, html};
use std::time::Duration;

/// The number of actions shown; the others are collapsed.
const TOP: usize = 12;

/// A bar that fills that share of its width.
fn meter(share: f64, class: &str) -> Markup {
    html! {
        svg .meter viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" {
            rect .(class) width=(format_args!("{:.2}", share * 100.0)) height="8" {}
        }
    }
}

/// A table with a line for each item.
fn table<T>(head: Markup, items: &[T], line: impl Fn(&T) -> Markup) -> Markup {
    html! {
        div .scroll {
            table {
                thead { tr { (head) } }
                tbody { "\n" @for item in items { (line(item)) "\n" } }
            }
        }
        "\n"
    }
}

/// The critical path, step by step.
pub(super) fn path(run: &Timeline) -> Markup {
    const HEADING: &str = "What the run waited for";
    if !run.ordered {
        let lead = "An older vidpipe wrote this history: what waited for what is not in it.";
        return section(HEADING, lead, Markup::default());
    }
    let steps = run.steps(false);
    let longest = steps.iter().map(|s| s.took).max().unwrap_or_default();
    if steps.is_empty() {
        return Markup::default();
    }
    let far = if run.end == End::Complete { "" } else { ", as far as it came" };
    let lead = format!(
        "Its critical path{far}, one step after the other: {} of {}.",
        duration(run.on_path()),
        duration(run.took())
    );
    let body = html! {
        (strip(run, &steps))
        ol .path { "\n" @for step in &steps { (path_step(run, step, longest)) "\n" } }
        "\n"
    };
    section(HEADING, &lead, body)
}

/// All steps side by side, with widths proportional to their durations.
fn strip(run: &Timeline, steps: &[Step<'_>]) -> Markup {
    let mut x = 0.0;
    let mut rects = Markup::default();
    for step in steps {
        let width = share(step.took, run.took()) * 100.0;
        rects.0 += &html! {
            rect x=(format_args!("{x:.2}")) width=(format_args!("{width:.2}")) height="14" {
                title { (step.label) ", " (fine(step.took)) }
            }
        }
        .0;
        x += width;
    }
    html! {
        svg .strip viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true" { (rects) }
        "\n"
    }
}

fn path_step(run: &Timeline, step: &Step<'_>, longest: Duration) -> Markup {
    let note = match step.row {
        Some(row) => [remark(row), waits(row)].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join("; "),
        None => step.nodes.join(", "),
    };
    html! {
        li {
            span { b { (step.label) } small { @if let Some(row) = step.row { (row.kind) } } }
            span .num { (fine(step.took)) }
            span .num { (percent(step.took, run.took())) }
            (meter(share(step.took, longest), "now"))
            @if !note.is_empty() { span .more { (note) } }
        }
    }
}

/// The differences from the earlier run.
pub(super) fn difference(d: &Difference) -> Markup {
    let longest = d.changes.iter().map(|c| c.took.max(c.before)).max().unwrap_or_default();
    let head = html! {
        th { "Task" } th .num { "Before" } th .num { "Now" } th { "Difference" } th .roomy {}
    };
    let body = if d.changes.is_empty() { Markup::default() } else { table(head, &d.changes, |c| change(c, longest)) };
    let lead = format!(
        "{} than {}: {} instead of {}. {}.",
        if d.took == d.before { "As long".to_owned() } else { d.words() },
        format_args!("the run of {}", when(d.began)),
        duration(d.took),
        duration(d.before),
        d.rest()
    );
    section("Against the earlier run", &lead, body)
}

fn change(c: &Change, longest: Duration) -> Markup {
    let class = if c.is_slower() { "warn" } else { "good" };
    html! {
        tr {
            td .name { (mark(c.on_path)) b { (named(&c.node.0, c.op)) } small { (c.kind) } }
            td .num { (fine(c.before)) }
            td .num { (fine(c.took)) }
            td .(class) { (c.words()) }
            td .meters .roomy { (meter(share(c.before, longest), "before")) (meter(share(c.took, longest), "now")) }
        }
    }
}

/// The mark of tasks on the critical path.
pub(super) fn mark(on_path: bool) -> Markup {
    html! { @if on_path { span .mark title="the run waited for it" { "◆" } " " } }
}

/// Retried calls, and waits for call budgets.
pub(super) fn pauses(run: &Timeline) -> Markup {
    let (retries, queues) = (run.retries(), run.queues());
    let head = |what: &str| html! { th { (what) } th .num { "Times" } th .num { "Pauses" } };
    let retried = table(head("Code"), &retries, |r| {
        html! {
            tr {
                td .name {
                    b { (r.code.as_deref().unwrap_or("no code")) } @if r.is_throttle() { ", throttled" }
                    small { (r.nodes.join(", ")) ": " (r.message) }
                }
                td .num { (r.times) }
                td .num { (fine(r.took)) }
            }
        }
    });
    let queued = table(head("Budget"), &queues, |q| {
        html! {
            tr {
                td .name { b { (q.budget) } small { "the longest " (fine(q.longest)) } }
                td .num { (q.times) }
                td .num { (fine(q.took)) }
            }
        }
    });
    let retried =
        section("Made again", "Calls that failed for the moment, and the pauses before the next try.", retried);
    let queued = section("Queued", "Turns at APIs with a call budget, so as not to be throttled.", queued);
    match (retries.is_empty(), queues.is_empty()) {
        (false, false) => html! { div .twin { (retried) (queued) } "\n" },
        (false, true) => retried,
        (true, false) => queued,
        (true, true) => Markup::default(),
    }
}

/// Calls by action.
pub(super) fn calls(run: &Timeline) -> Markup {
    let calls = run.calls();
    if calls.is_empty() {
        return Markup::default();
    }
    let longest = calls.iter().map(|c| c.took).max().unwrap_or_default();
    let actions = |calls: &[Calls]| {
        let head = html! {
            th { "Action" } th .num { "Times" } th .num { "Together" } th .num { "Longest" } th .roomy {}
        };
        table(head, calls, |c| action(c, longest))
    };
    let visible = if calls.len() <= TOP + 2 { calls.len() } else { TOP };
    let (first, rest) = calls.split_at(visible);
    let body = html! {
        (actions(first))
        @if !rest.is_empty() {
            details { summary { (rest.len()) " more" } (actions(rest)) }
            "\n"
        }
    };
    let times = calls.iter().map(|c| c.times).sum();
    let took = fine(calls.iter().map(|c| c.took).sum());
    section("Calls", &format!("{}, {took} until their answers, many at once.", count(times, "call")), body)
}

fn action(c: &Calls, longest: Duration) -> Markup {
    let (service, action) = c.call.rsplit_once([' ', ':']).unwrap_or(("", &c.call));
    html! {
        tr {
            td .name { b { (action) } small { (service) } }
            td .num { (c.times) }
            td .num { (fine(c.took)) }
            td .num { (fine(c.longest)) }
            td .meters .roomy { (meter(share(c.took, longest), "now")) }
        }
    }
}
