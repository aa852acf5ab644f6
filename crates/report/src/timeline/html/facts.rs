//! The head of the page: the run, its end and its figures; and its failures.
use super::{
    super::{
        Difference, End, Outcome, Row, Timeline,
        words::{Step, fine, last, named, percent, when},
    },
    section,
};
use crate::text::{count, duration};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// The title, the end and the figures.
pub(super) fn head(run: &Timeline, against: Option<&Difference>) -> Markup {
    let (class, end) = match run.end {
        End::Complete => ("good", "done"),
        End::Failed => ("bad", "FAILED"),
        End::Stopped(_) => ("warn", "stopped"),
        End::Killed => ("warn", "not ended"),
    };
    let mut about = vec![run.region.clone(), format!("began {}", when(run.began))];
    if run.emulated {
        about.push("at an endpoint that keeps its own time".into());
    }
    if run.end == End::Killed {
        about.push("its history has no end: it was killed, or still goes on".into());
    }
    html! {
        header {
            p .over { "vidpipe timeline" }
            "\n"
            h1 { (run.command) " " (run.environment()) " " span .end .(class) { (end) } }
            "\n"
            p { (about.join(" · ")) }
            dl .facts {
                @for (what, figure, more) in facts(run, against) {
                    "\n"
                    div { dt { (what) } dd { b { (figure) } (more) } }
                }
            }
        }
        "\n"
    }
}

/// Each fact: its name, its figure, and a remark.
fn facts(run: &Timeline, against: Option<&Difference>) -> Vec<(String, String, String)> {
    let fact = |what: &str, figure: String, more: String| (what.to_owned(), figure, more);
    let mut facts = vec![fact("Took", duration(run.took()), run.against_forecast().map_or(String::new(), |f| f))];
    if let Some(d) = against {
        let more = format!("{} on {}", duration(d.before), when(d.began));
        facts.push(fact("Against an earlier run", d.words(), more));
    }
    if let Some(step) = run.steps(false).iter().max_by_key(|s| s.took) {
        let Step { label, took, .. } = step;
        facts.push(fact("Waited for most", label.clone(), format!("{}, {}", fine(*took), percent(*took, run.took()))));
    }
    let kept = if run.kept > 0 { format!(", {} kept", count(run.kept, "node")) } else { String::new() };
    facts.push(fact("Tasks", run.rows.len().to_string(), run.counts() + &kept));
    let (calls, retries) = (run.calls(), run.retries());
    let (times, again): (usize, usize) = (calls.iter().map(|c| c.times).sum(), retries.iter().map(|r| r.times).sum());
    if times + again > 0 {
        let throttled: usize = retries.iter().filter(|r| r.is_throttle()).map(|r| r.times).sum();
        facts.push(fact("Calls", times.to_string(), format!("{again} made again, {throttled} throttled")));
    }
    if let Some(sweep) = &run.sweep {
        let took = duration(crate::text::between(sweep.from, sweep.to));
        facts.push(fact("Sweep", took, sweep.outcome.clone()));
    }
    facts
}

/// The tasks that failed, were skipped, or were cut short by the end of the run.
pub(super) fn troubles(run: &Timeline) -> Markup {
    let ended_badly = |row: &&Row| matches!(row.outcome, Outcome::Failed(_) | Outcome::CutShort);
    let mut skipped: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in &run.rows {
        if let Outcome::Skipped { because } = &row.outcome {
            skipped.entry(&because.0).or_default().push(&row.node.0);
        }
    }
    let body = html! {
        @for row in run.rows.iter().filter(ended_badly) {
            (trouble(row))
        }
        @for (because, nodes) in skipped {
            div .fault {
                p { b { "Skipped because " (because) " failed" } }
                p { (nodes.join(", ")) }
            }
            "\n"
        }
    };
    if body.0.is_empty() { body } else { section("What did not come to its end", "", body) }
}

fn trouble(row: &Row) -> Markup {
    let cut = row.outcome == Outcome::CutShort;
    html! {
        div .fault .cut[cut] {
            p {
                b { (named(&row.node.0, row.op)) } " " (row.kind) ", " (row.outcome.word()) " after " (fine(row.took()))
                @if cut { (last(row)) }
            }
            @if let Outcome::Failed(fault) = &row.outcome {
                p { (fault.message) }
                @if let Some(whose) = fault.whose() { small { (whose) } }
                @if let Some(hint) = &fault.hint { p { "Hint: " (hint) } }
            }
        }
        "\n"
    }
}
