//! Selects the lines of a chart: one per significant task, and one per group of quick tasks that start at about the
//! same time.
use super::{Outcome, Row, Timeline, axis::round};
use crate::text::{between, count, duration};
use jiff::Timestamp;
use std::time::Duration;

/// Quick tasks are grouped if they start within this fraction of the run.
const MOMENT: u32 = 20;

/// A line of the chart.
pub(super) struct Bar<'a> {
    /// A single task, or several quick tasks.
    pub(super) rows: Vec<&'a Row>,
    /// The duration that the quick tasks do not reach.
    under: Duration,
}

impl<'a> Bar<'a> {
    /// The task, if it is a single one.
    pub(super) fn task(&self) -> Option<&'a Row> {
        if let [row] = *self.rows.as_slice() { Some(row) } else { None }
    }

    /// The label of the line.
    pub(super) fn label(&self) -> String {
        match self.task() {
            Some(row) => row.node.0.clone(),
            None => format!("{} under {}", count(self.rows.len(), "task"), duration(self.under)),
        }
    }

    /// Whether any of its tasks is on the critical path.
    pub(super) fn on_path(&self) -> bool {
        self.rows.iter().any(|r| r.on_path)
    }
}

/// The lines of all tasks that started, in order of their start. A task is quick below a hundredth of the run; the
/// limit is raised if more than `most` lines would remain. With `all`, no task is quick.
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

/// A task that is not done is never quick, so that it is always shown.
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
