//! Compares two runs of one environment, task by task.
use super::{Outcome, Row, Timeline};
use jiff::Timestamp;
use std::time::Duration;
use vidpipe_engine::{Name, event::Op};

/// Shorter differences are ignored.
const LEAST: Duration = Duration::from_secs(1);

/// The difference from an earlier run. Two tasks match if they have the same node, operation, action and outcome, and
/// both are done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The start time of the earlier run.
    pub began: Timestamp,
    /// The duration of the later run.
    pub took: Duration,
    /// The duration of the earlier run.
    pub before: Duration,
    /// The matching tasks with a significant difference in duration, the largest difference first.
    pub changes: Vec<Change>,
    /// The number of matching tasks.
    pub common: usize,
    /// The number of tasks done only by the later run.
    pub only_now: usize,
    /// The number of tasks done only by the earlier run.
    pub only_before: usize,
}

/// A task that took longer or shorter than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The node.
    pub node: Name,
    /// The operation.
    pub op: Op,
    /// The node's kind.
    pub kind: String,
    /// The duration in the later run.
    pub took: Duration,
    /// The duration in the earlier run.
    pub before: Duration,
    /// Whether it is on the critical path of the later run.
    pub on_path: bool,
}

impl Difference {
    /// Compares `now` with `before`.
    pub fn of(now: &Timeline, before: &Timeline) -> Self {
        let of_both: Vec<(&Row, &Row)> = done(now).filter_map(|r| Some((r, same(r, before)?))).collect();
        let matters = LEAST.max(now.took().max(before.took()) / 100);
        let mut changes: Vec<Change> = of_both.iter().map(|(row, old)| Change::of(row, old)).collect();
        changes.retain(|c| c.by() >= matters && c.by() * 10 >= c.before);
        changes.sort_by_key(|c| std::cmp::Reverse(c.by()));
        Self {
            began: before.began,
            took: now.took(),
            before: before.took(),
            changes,
            common: of_both.len(),
            only_now: done(now).count() - of_both.len(),
            only_before: done(before).filter(|r| same(r, now).is_none()).count(),
        }
    }

    /// The difference in total duration, as text.
    pub fn words(&self) -> String {
        words(self.took, self.before)
    }
}

impl Change {
    fn of(row: &Row, old: &Row) -> Self {
        let Row { node, op, kind, on_path, .. } = row.clone();
        Self { node, op, kind, took: row.took(), before: old.took(), on_path }
    }

    /// The absolute difference.
    pub fn by(&self) -> Duration {
        self.took.abs_diff(self.before)
    }

    /// Whether it took longer.
    pub fn is_slower(&self) -> bool {
        self.took > self.before
    }

    /// The difference, as text.
    pub fn words(&self) -> String {
        words(self.took, self.before)
    }
}

/// `1m 20s slower`.
fn words(took: Duration, before: Duration) -> String {
    let by = crate::text::duration(took.abs_diff(before));
    match took.cmp(&before) {
        std::cmp::Ordering::Greater => format!("{by} slower"),
        std::cmp::Ordering::Less => format!("{by} faster"),
        std::cmp::Ordering::Equal => "as long".into(),
    }
}

fn done(timeline: &Timeline) -> impl Iterator<Item = &Row> {
    timeline.rows.iter().filter(|r| matches!(r.outcome, Outcome::Done { .. }))
}

/// The matching task of another run: same node, operation, action and outcome.
fn same<'a>(row: &Row, other: &'a Timeline) -> Option<&'a Row> {
    let like = |o: &&Row| o.action == row.action && o.outcome == row.outcome;
    other.row(&row.node, row.op).filter(like)
}
