//! A run in a terminal: bars over time, followed by the critical path, the retries and the calls.
mod chart;
mod sections;

use super::{Difference, End, Timeline};
use crate::{
    TermStyle, Tone,
    text::{duration, fit, time},
};

/// Wider charts are not clearer.
const WIDEST: usize = 200;
const NARROWEST: usize = 60;

/// The run for people, in the width of `style`. With `all`, every task has its own line, and lists are complete.
pub fn terminal(run: &Timeline, against: Option<&Difference>, all: bool, style: &TermStyle) -> String {
    let style = TermStyle { width: style.width.clamp(NARROWEST, WIDEST), ..*style };
    let mut text = head(run, &style);
    let parts = [
        chart::chart(run, all, &style),
        sections::troubles(run, &style),
        sections::path(run, all, &style),
        against.map(|d| sections::difference(d, all, &style)).unwrap_or_default(),
        sections::retries(run, &style),
        sections::queues(run, &style),
        sections::calls(run, all, &style),
    ];
    for part in parts.iter().filter(|p| !p.is_empty()) {
        text.push_str(&format!("\n{part}"));
    }
    text
}

fn head(run: &Timeline, style: &TermStyle) -> String {
    let tone = match run.end {
        End::Complete => Tone::Good,
        End::Failed => Tone::Bad,
        End::Stopped(_) | End::Killed => Tone::Warn,
    };
    let what = style.paint(Tone::Strong, &format!("{} {}", run.command, run.environment()));
    let (end, took) = (style.paint(tone, run.end.words()), duration(run.took()));
    let mut text = format!("{what} in {} {end} {took}: {}\n", run.region, run.counts());
    let mut facts = vec![format!("began {}", time(run.began))];
    if run.kept > 0 {
        facts.push(format!("{} unchanged", crate::text::count(run.kept, "node")));
    }
    if run.emulated {
        facts.push("at an endpoint that keeps its own time".into());
    }
    text.push_str(&style.paint(Tone::Faint, &fit(&facts.join(", "), style.width)));
    text.push('\n');
    text.push_str(&run.against_forecast().map(|f| fit(&f, style.width) + "\n").unwrap_or_default());
    if let Some(sweep) = &run.sweep {
        let took = duration(crate::text::between(sweep.from, sweep.to));
        text.push_str(&format!("{}\n", fit(&format!("then a sweep of {took}: {}", sweep.outcome), style.width)));
    }
    if run.end == End::Killed {
        text.push_str("its history has no end: it was killed, or still goes on\n");
    }
    text
}
