//! A run in a terminal: bars over time, and below them what the run waited for, called, and did again.
mod chart;
mod sections;

use super::{Difference, End, Timeline};
use crate::{
    Look, Tone,
    text::{duration, fit, time},
};

/// More columns than this make a picture no clearer.
const WIDEST: usize = 200;
const NARROWEST: usize = 60;

/// The run for people, in the look's width. With `all`, every task has a line of its own, and every list is whole.
pub fn terminal(run: &Timeline, against: Option<&Difference>, all: bool, look: &Look) -> String {
    let look = Look { width: look.width.clamp(NARROWEST, WIDEST), ..*look };
    let mut text = head(run, &look);
    let parts = [
        chart::chart(run, all, &look),
        sections::troubles(run, &look),
        sections::path(run, all, &look),
        against.map(|d| sections::difference(d, all, &look)).unwrap_or_default(),
        sections::retries(run, &look),
        sections::queues(run, &look),
        sections::calls(run, all, &look),
    ];
    for part in parts.iter().filter(|p| !p.is_empty()) {
        text.push_str(&format!("\n{part}"));
    }
    text
}

fn head(run: &Timeline, look: &Look) -> String {
    let tone = match run.end {
        End::Complete => Tone::Good,
        End::Failed => Tone::Bad,
        End::Stopped(_) | End::Killed => Tone::Warn,
    };
    let what = look.paint(Tone::Strong, &format!("{} {}", run.command, run.environment()));
    let (end, took) = (look.paint(tone, run.end.words()), duration(run.took()));
    let mut text = format!("{what} in {} {end} {took}: {}\n", run.region, run.counts());
    let mut facts = vec![format!("began {}", time(run.began))];
    if run.kept > 0 {
        facts.push(format!("{} unchanged", crate::text::count(run.kept, "node")));
    }
    if run.elsewhere {
        facts.push("at an endpoint that keeps its own time".into());
    }
    text.push_str(&look.paint(Tone::Faint, &fit(&facts.join(", "), look.width)));
    text.push('\n');
    text.push_str(&run.against_forecast().map(|f| fit(&f, look.width) + "\n").unwrap_or_default());
    if let Some(sweep) = &run.sweep {
        let took = duration(crate::text::between(sweep.from, sweep.to));
        text.push_str(&format!("{}\n", fit(&format!("then a sweep of {took}: {}", sweep.outcome), look.width)));
    }
    if run.end == End::Killed {
        text.push_str("its history has no end: it was killed, or still goes on\n");
    }
    text
}
