//! How long a run still takes: the longest way over what waits for what, through the tasks that are not over.
//!
//! A pure function of the tasks and the time, linear in tasks and what they wait for. It starts from the tasks that nothing
//! waits for and goes back to those under way: of every point in a task's life it learns how long the run goes on from there.
//!
//! A task that has not begun is taken to take as long as usual, and to have its values known at its [`FIRST_LOOK`]. That is so
//! for most of AWS; what has shown none at its first look (a database's endpoint) is taken to show them half-way from now to
//! its end. Places for calls and API quotas to come are not foreseen.
use crate::Task;
use jiff::Timestamp;
use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};
use vidpipe_engine::{
    Name,
    event::{Half, Point},
};

/// From the start of a task until its values are known: a call, and a look.
const FIRST_LOOK: Duration = Duration::from_secs(2);
/// However late it is, what is under way is not said to be done sooner than in this; what is quick, in a second.
const FEW: Duration = Duration::from_secs(3);
const LEAST: Duration = Duration::from_secs(1);

/// What is left of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remaining {
    /// How long it is likely to take from now on.
    pub left: Duration,
    /// The tasks under way that decide that: the run ends later by what they end later. Mostly one; several where they end
    /// the run at nearly the same time.
    pub decisive: Vec<(Name, Half)>,
}

impl Remaining {
    /// Whether that task is one of those that decide it.
    pub fn is_decided_by(&self, node: &Name, half: Half) -> bool {
        self.decisive.iter().any(|(n, h)| n == node && *h == half)
    }
}

type Key = (Name, Half);

/// From these points of a task on, how long the run goes on.
#[derive(Clone, Copy, Default)]
struct Onwards {
    known: Duration,
    ended: Duration,
}

/// What is left, if tasks take that many times as long as usual.
pub(crate) fn of(tasks: &BTreeMap<Key, Task>, stretch: f64, now: Timestamp) -> Remaining {
    let all: Vec<(&Key, &Task)> = tasks.iter().collect();
    let usual = |task: &Task| {
        let usual = task.usual.mul_f64(stretch);
        task.late_after().map_or(usual, |late| usual.min(late))
    };
    let ways: Vec<Duration> =
        (all.iter().zip(onwards(&all, usual))).map(|((_, task), from)| through(task, from, usual(task), now)).collect();
    let left = ways.iter().copied().max().unwrap_or_default();
    // Nearly the same end: which of them is the last one is open, and a mark should not jump between them.
    let slack = (left / 20).max(LEAST);
    let decides = |task: &Task, way: Duration| task.is_under_way() && way.saturating_add(slack) >= left;
    let decisive =
        all.iter().zip(&ways).filter(|((_, task), way)| decides(task, **way)).map(|((key, _), _)| (*key).clone());
    Remaining { left, decisive: decisive.collect() }
}

/// From each task's points on, how long the run goes on. What waits for itself in a circle never begins, and is left out.
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

/// For each task that has not begun, the points it still waits for.
fn before(all: &[(&Key, &Task)]) -> Vec<Vec<(usize, Point)>> {
    let places: HashMap<(&Name, Half), usize> =
        all.iter().enumerate().map(|(i, (key, _))| ((&key.0, key.1), i)).collect();
    let waits = |task: &Task| -> Vec<(usize, Point)> {
        if task.is_under_way() || task.is_over() {
            return Vec::new();
        }
        let points = task.after.iter().filter_map(|after| {
            let half = if after.what == Point::Gone { Half::Remove } else { Half::Ensure };
            let on = *places.get(&(&after.node, half))?;
            let passed = all[on].1.is_over() || (after.what == Point::Known && all[on].1.known);
            (!passed).then_some((on, after.what))
        });
        points.collect()
    };
    all.iter().map(|(_, task)| waits(task)).collect()
}

/// The longest way to the run's end that leads through this task.
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

/// How long a task under way still takes. First, what is left of its usual time. The nearer that comes, the likelier it is to
/// be one of the slow ones: then it is taken to be half-way between now and when it is late. Later than that, nothing is known:
/// a small part of all its time, which shrinks the longer it takes. No step in it goes up, and none down.
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
