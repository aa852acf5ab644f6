//! Estimates the remaining time of a run: the longest path over the dependencies, through the unfinished tasks.
//!
//! A pure function of the tasks and the time, linear in tasks and dependencies. It starts from the tasks without
//! dependents and goes back to those under way: for every point of a task it computes how long the run continues from
//! there.
//!
//! A task that has not started is assumed to take its usual time, and to have its values known at [`FIRST_LOOK`]. That
//! holds for most of AWS; if the first read returns no values (a database's endpoint), they are assumed to be known
//! half-way from now to the task's end. Future waits for call permits and API quotas are not predicted.
use crate::Task;
use jiff::Timestamp;
use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};
use vidpipe_engine::{
    Name,
    event::{Op, Point},
};

/// The time from the start of a task until its values are known: a call, and a read.
const FIRST_LOOK: Duration = Duration::from_secs(2);
/// The minimum remaining time of a task under way, however late it is; `LEAST` for quick tasks.
const FEW: Duration = Duration::from_secs(3);
const LEAST: Duration = Duration::from_secs(1);

/// The remainder of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remaining {
    /// The likely remaining time.
    pub left: Duration,
    /// The tasks under way that determine it: any delay of theirs delays the run. Usually one; several if they end the
    /// run at nearly the same time.
    pub decisive: Vec<(Name, Op)>,
}

impl Remaining {
    /// Whether that task determines the remaining time.
    pub fn is_decided_by(&self, node: &Name, op: Op) -> bool {
        self.decisive.iter().any(|(n, h)| n == node && *h == op)
    }
}

type Key = (Name, Op);

/// How long the run continues from these points of a task.
#[derive(Clone, Copy, Default)]
struct Onwards {
    known: Duration,
    ended: Duration,
}

/// The remainder, if tasks take `stretch` times as long as usual.
pub(crate) fn of(tasks: &BTreeMap<Key, Task>, stretch: f64, now: Timestamp) -> Remaining {
    let all: Vec<(&Key, &Task)> = tasks.iter().collect();
    let usual = |task: &Task| {
        let usual = task.usual.mul_f64(stretch);
        task.late_after().map_or(usual, |late| usual.min(late))
    };
    let ways: Vec<Duration> =
        (all.iter().zip(onwards(&all, usual))).map(|((_, task), from)| through(task, from, usual(task), now)).collect();
    let left = ways.iter().copied().max().unwrap_or_default();
    // At nearly the same end, it is uncertain which task is last, and the mark should not alternate between them.
    let slack = (left / 20).max(LEAST);
    let decides = |task: &Task, way: Duration| task.is_under_way() && way.saturating_add(slack) >= left;
    let decisive =
        all.iter().zip(&ways).filter(|((_, task), way)| decides(task, **way)).map(|((key, _), _)| (*key).clone());
    Remaining { left, decisive: decisive.collect() }
}

/// How long the run continues from each task's points. Tasks in a dependency cycle never start, and are left out.
fn onwards(all: &[(&Key, &Task)], usual: impl Fn(&Task) -> Duration) -> Vec<Onwards> {
    let before = before(all);
    let mut users = vec![0_usize; all.len()];
    for (on, _) in before.iter().flatten() {
        users[*on] += 1;
    }
    let mut from = vec![Onwards::default(); all.len()];
    let mut free: Vec<usize> = (0..all.len()).filter(|i| users[*i] == 0).collect();
    while let Some(user) = free.pop() {
        let whole = planned(usual(all[user].1), from[user]);
        for (on, what) in &before[user] {
            let from = &mut from[*on];
            let point = if *what == Point::Known { &mut from.known } else { &mut from.ended };
            *point = whole.max(*point);
            users[*on] -= 1;
            if users[*on] == 0 {
                free.push(*on);
            }
        }
    }
    from
}

/// For each task that has not started, the points it still waits for.
fn before(all: &[(&Key, &Task)]) -> Vec<Vec<(usize, Point)>> {
    let places: HashMap<(&Name, Op), usize> =
        all.iter().enumerate().map(|(i, (key, _))| ((&key.0, key.1), i)).collect();
    let waits = |task: &Task| -> Vec<(usize, Point)> {
        if task.is_under_way() || task.is_over() {
            return Vec::new();
        }
        let points = task.after.iter().filter_map(|after| {
            let op = if after.what == Point::Gone { Op::Remove } else { Op::Ensure };
            let on = *places.get(&(&after.node, op))?;
            let passed = all[on].1.is_over() || (after.what == Point::Known && all[on].1.known);
            (!passed).then_some((on, after.what))
        });
        points.collect()
    };
    all.iter().map(|(_, task)| waits(task)).collect()
}

/// The longest path to the end of the run through this task.
fn through(task: &Task, from: Onwards, usual: Duration, now: Timestamp) -> Duration {
    if task.is_over() {
        return Duration::ZERO;
    }
    if !task.is_under_way() {
        return planned(usual, from);
    }
    let left = left(task, usual, now);
    let known = match (task.known, task.looked) {
        (true, _) => Duration::ZERO,
        (false, true) => left / 2,
        (false, false) => left.min(task.pause(now).saturating_add(FIRST_LOOK)),
    };
    left.saturating_add(from.ended).max(known.saturating_add(from.known))
}

fn planned(usual: Duration, from: Onwards) -> Duration {
    usual.saturating_add(from.ended).max(usual.min(FIRST_LOOK).saturating_add(from.known))
}

/// The remaining time of a task under way. At first, the rest of its usual time. Close to that, the task is probably a
/// slow one: then half the time until it is late. Past that, nothing is known: a small fraction of its total time,
/// which shrinks the longer it takes. The estimate never increases, and never drops abruptly.
fn left(task: &Task, usual: Duration, now: Timestamp) -> Duration {
    let (own, late) = (task.own(now), task.late_after().unwrap_or_default());
    let slow = (late.saturating_sub(own) / 2).min(usual);
    let overdue = late / 20;
    let overdue = if own > late { overdue.mul_f64(late.div_duration_f64(own)) } else { overdue.min(usual) };
    let least = FEW.min(usual).max(LEAST);
    task.pause(now).saturating_add(usual.saturating_sub(own).max(slow).max(overdue).max(least))
}

#[cfg(test)]
mod tests;
