//! What differs between two runs of one environment, task by task.
use super::{Outcome, Row, Timeline};
use jiff::Timestamp;
use std::time::Duration;
use vidpipe_engine::{Name, event::Half};

/// A difference shorter than this matters to nobody.
const LEAST: Duration = Duration::from_secs(1);

/// What differs from an earlier run. Tasks are the same when they did the same to the same node, and both were done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// When the earlier run began.
    pub began: Timestamp,
    /// How long the later one took.
    pub took: Duration,
    /// How long the earlier one took.
    pub before: Duration,
    /// The tasks of both that took noticeably longer or shorter; the largest difference comes first.
    pub changes: Vec<Change>,
    /// How many tasks both have.
    pub common: usize,
    /// How many tasks were done by the later run only.
    pub only_now: usize,
    /// How many tasks were done by the earlier run only.
    pub only_before: usize,
}

/// A task that took longer or shorter than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The node.
    pub node: Name,
    /// Which half.
    pub half: Half,
    /// The node's kind.
    pub kind: String,
    /// How long it took in the later run.
    pub took: Duration,
    /// How long it took in the earlier run.
    pub before: Duration,
    /// Whether the later run waited for it.
    pub on_path: bool,
}

impl Difference {
    /// What differs in `now` from `before`.
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

    /// How the whole differs, in words.
    pub fn words(&self) -> String {
        words(self.took, self.before)
    }
}

impl Change {
    fn of(row: &Row, old: &Row) -> Self {
        let Row { node, half, kind, on_path, .. } = row.clone();
        Self { node, half, kind, took: row.took(), before: old.took(), on_path }
    }

    /// By how much it differs.
    pub fn by(&self) -> Duration {
        self.took.abs_diff(self.before)
    }

    /// Whether it took longer.
    pub fn is_slower(&self) -> bool {
        self.took > self.before
    }

    /// How it differs, in words.
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

/// The same task of another run: what did the same to the same node.
fn same<'a>(row: &Row, other: &'a Timeline) -> Option<&'a Row> {
    let like = |o: &&Row| o.action == row.action && o.outcome == row.outcome;
    other.row(&row.node, row.half).filter(like)
}
