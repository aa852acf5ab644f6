//! The head of the page: the run, its end and its figures; and its failures.
use super::{
    super::{
        Difference, End, Outcome, Row, Timeline,
        words::{Step, fine, last, named, percent, when},
    },
    section,
};
use crate::{
    markup::escaped,
    text::{count, duration},
};
use std::collections::BTreeMap;

/// The title, the end and the figures.
pub(super) fn head(run: &Timeline, against: Option<&Difference>) -> String {
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
    let facts: Vec<String> = facts(run, against)
        .iter()
        .map(|(what, figure, more)| {
            let (what, figure, more) = (escaped(what), escaped(figure), escaped(more));
            format!("<div><dt>{what}</dt><dd><b>{figure}</b>{more}</dd></div>\n")
        })
        .collect();
    format!(
        "<header>\n<p class=\"over\">vidpipe timeline</p>\n<h1>{} {} <span class=\"end {class}\">{end}</span></h1>\n\
         <p>{}</p>\n<dl class=\"facts\">\n{}</dl>\n</header>\n",
        escaped(&run.command),
        escaped(&run.environment()),
        escaped(&about.join(" · ")),
        facts.concat()
    )
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
pub(super) fn troubles(run: &Timeline) -> String {
    let mut body = String::new();
    let mut skipped: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in &run.rows {
        match &row.outcome {
            Outcome::Failed(_) | Outcome::CutShort => body.push_str(&trouble(row)),
            Outcome::Skipped { because } => skipped.entry(&because.0).or_default().push(&row.node.0),
            Outcome::Done { .. } | Outcome::NotBegun => {}
        }
    }
    for (because, nodes) in skipped {
        let (because, nodes) = (escaped(because), escaped(&nodes.join(", ")));
        body.push_str(&format!(
            "<div class=\"fault\"><p><b>Skipped because {because} failed</b></p><p>{nodes}</p></div>\n"
        ));
    }
    section("What did not come to its end", "", &body)
}

fn trouble(row: &Row) -> String {
    let name = escaped(&named(&row.node.0, row.op));
    let kind = escaped(&row.kind);
    let (word, took) = (row.outcome.word(), fine(row.took()));
    let (class, last) = match row.outcome {
        Outcome::CutShort => ("fault cut", escaped(&last(row))),
        _ => ("fault", String::new()),
    };
    let mut text = format!("<div class=\"{class}\"><p><b>{name}</b> {kind}, {word} after {took}{last}</p>");
    if let Outcome::Failed(fault) = &row.outcome {
        text.push_str(&format!("<p>{}</p>", escaped(&fault.message)));
        text.extend(fault.whose().map(|whose| format!("<small>{}</small>", escaped(&whose))));
        text.extend(fault.hint.iter().map(|h| format!("<p>Hint: {}</p>", escaped(h))));
    }
    text + "</div>\n"
}
