//! Which lines a picture of a run has: one for each task that matters, and one for many quick tasks of one moment.
use super::{Outcome, Row, Timeline, axis::round};
use crate::text::{between, count, duration};
use jiff::Timestamp;
use std::time::Duration;

/// Quick tasks that begin within this part of the run are of one moment.
const MOMENT: u32 = 20;

/// A line of a picture.
pub(super) struct Bar<'a> {
    /// One task, or several quick ones.
    pub(super) rows: Vec<&'a Row>,
    /// What the quick ones stay under.
    under: Duration,
}

impl<'a> Bar<'a> {
    /// The task, if it is one.
    pub(super) fn task(&self) -> Option<&'a Row> {
        if let [row] = *self.rows.as_slice() { Some(row) } else { None }
    }

    /// What the line is called.
    pub(super) fn label(&self) -> String {
        match self.task() {
            Some(row) => row.node.0.clone(),
            None => format!("{} under {}", count(self.rows.len(), "task"), duration(self.under)),
        }
    }

    /// Whether the run waited for one of them.
    pub(super) fn on_path(&self) -> bool {
        self.rows.iter().any(|r| r.on_path)
    }
}

/// The lines of everything that began, in order of beginning. Under a hundredth of the run a task is quick; under more
/// than that, where more than `most` lines would be left. With `all` none is.
pub(super) fn bars(timeline: &Timeline, most: usize, all: bool) -> Vec<Bar<'_>> {
    let begun: Vec<(&Row, Timestamp)> = timeline.rows.iter().filter_map(|r| Some((r, r.from?))).collect();
    let under = if all { Duration::ZERO } else { limit(timeline, most) };
    let moment = timeline.span() / MOMENT;
    let mut bars: Vec<Bar<'_>> = Vec::new();
    let mut open: Option<(usize, Timestamp)> = None;
    for (row, from) in begun {
        if !is_quick(row, under) {
            bars.push(Bar { rows: vec![row], under });
            continue;
        }
        let joined = open.filter(|(_, since)| between(*since, from) <= moment);
        match joined.and_then(|(place, _)| bars.get_mut(place)) {
            Some(bar) => bar.rows.push(row),
            None => {
                open = Some((bars.len(), from));
                bars.push(Bar { rows: vec![row], under });
            }
        }
    }
    bars
}

/// What went wrong is shown however quick it was.
fn is_quick(row: &Row, under: Duration) -> bool {
    matches!(row.outcome, Outcome::Done { .. }) && row.took() < under
}

fn limit(timeline: &Timeline, most: usize) -> Duration {
    let hundredth = timeline.span() / 100;
    let least = round().rev().find(|r| *r <= hundredth).or_else(|| round().next()).unwrap_or_default();
    let left = |under: &Duration| timeline.rows.iter().filter(|r| r.from.is_some() && !is_quick(r, *under)).count();
    let enough = |under: &Duration| *under >= least && left(under) <= most;
    round().find(enough).unwrap_or(least)
}
