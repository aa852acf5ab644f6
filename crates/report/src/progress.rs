//! Where a run is: the fold of its events that every view is made from.
use crate::{
    At, Remaining, Task, Tick, remaining,
    text::{between, clean},
    words::cleaned,
};
use jiff::Timestamp;
use std::{collections::BTreeMap, time::Duration};
use vidpipe_engine::{
    Name,
    event::{Event, Forecast, Half, Halt, Planned, Report},
    path::{self, Link},
};

/// Pauses of one sort, of all tasks. Tasks pause side by side, so the run did not get longer by as much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pauses {
    /// How many.
    pub count: usize,
    /// How long in all.
    pub total: Duration,
}

/// A run: which, since when, and where its tasks are. Text in it is cleaned of control characters.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// `up` or `down`.
    pub command: String,
    /// The pipeline.
    pub pipeline: String,
    /// The environment's suffix.
    pub suffix: String,
    /// The provider's region.
    pub region: String,
    /// When the run began.
    pub began: Option<Timestamp>,
    /// How many nodes stay as they are.
    pub kept: usize,
    /// Whether it runs against an endpoint that keeps its own time: then nothing is said of how long it takes.
    pub elsewhere: bool,
    /// How long it was expected to take, once that was told.
    pub forecast: Option<Forecast>,
    /// Why it stops before its end, if it does.
    pub stopping: Option<Halt>,
    /// How long the run took, once it is over.
    pub took: Option<Duration>,
    /// The tasks, by node and half.
    pub tasks: BTreeMap<(Name, Half), Task>,
    /// Waits for a turn at an API with a call budget.
    pub quotas: Pauses,
    /// Pauses before a failed call was made again.
    pub retries: Pauses,
    /// What the critical path is found from.
    milestones: Vec<(Timestamp, Event)>,
}

impl Progress {
    /// A run that has not begun.
    pub fn new() -> Self {
        Self::default()
    }

    /// That task, if it is known.
    pub fn task(&self, node: &Name, half: Half) -> Option<&Task> {
        self.tasks.get(&(node.clone(), half))
    }

    /// The tasks under way, the oldest first.
    pub fn under_way(&self) -> Vec<(&Name, &Task)> {
        let mut tasks = self.those(Task::is_under_way);
        tasks.sort_by_key(|(name, t)| (t.began, *name));
        tasks
    }

    /// The tasks that failed.
    pub fn failed(&self) -> Vec<(&Name, &Task)> {
        self.those(|t| matches!(t.at, At::Failed { .. }))
    }

    /// The tasks that were skipped.
    pub fn skipped(&self) -> Vec<(&Name, &Task)> {
        self.those(|t| matches!(t.at, At::Skipped { .. }))
    }

    /// How many tasks are done.
    pub fn done(&self) -> usize {
        self.those(|t| matches!(t.at, At::Done { .. })).len()
    }

    fn those(&self, which: impl Fn(&Task) -> bool) -> Vec<(&Name, &Task)> {
        self.tasks.iter().filter(|(_, t)| which(t)).map(|((name, _), t)| (name, t)).collect()
    }

    /// Whether every task is done, and what had to be asked after them was.
    pub fn is_complete(&self) -> bool {
        self.stopping.is_none() && self.tasks.values().all(|t| matches!(t.at, At::Done { .. }))
    }

    /// Whether anything was changed, as far as tasks are done.
    pub fn has_changed(&self) -> bool {
        self.tasks.values().any(|t| matches!(t.at, At::Done { changed: true, .. }))
    }

    /// How long it is likely to take from now on. `None` where there is nothing to say: before the plan is known or when
    /// nobody knows how long anything takes, once it stops before its end, and once it is over.
    pub fn remaining(&self, now: Timestamp) -> Option<Duration> {
        self.rest(now).map(|rest| rest.left)
    }

    /// The same, with the tasks under way that decide it.
    pub fn rest(&self, now: Timestamp) -> Option<Remaining> {
        let told = !self.elsewhere && self.tasks.values().any(|t| !t.usual.is_zero());
        let open = self.took.is_none() && self.stopping.is_none() && self.tasks.values().any(|t| !t.is_over());
        (told && open).then(|| remaining::of(&self.tasks, self.stretch(), now))
    }

    /// How much longer than usual tasks are likely to take: usual times are the likeliest, and of a run that has many of
    /// them half take longer than their sum along its path.
    fn stretch(&self) -> f64 {
        let Some(f) = &self.forecast else { return 1.0 };
        let usual: f64 = f.path.iter().map(|leg| leg.took.as_secs_f64()).sum();
        if usual > 0.0 { (f.p50.as_secs_f64() / usual).clamp(1.0, 1.5) } else { 1.0 }
    }

    /// What the run waited for so far, step by step: of what is over, the task that ended last and what held it up.
    pub fn path(&self) -> Vec<Link> {
        path::critical(self.milestones.iter().map(|(at, event)| (*at, event)))
    }

    /// The environment's name, as people say it.
    pub fn environment(&self) -> String {
        format!("{}-{}", self.pipeline, self.suffix)
    }

    /// `18 of 63 done, 5 under way, 1 failed, 2 skipped`.
    pub fn counts(&self) -> String {
        let mut counts = format!("{} of {} done", self.done(), self.tasks.len());
        let others =
            [(self.under_way().len(), "under way"), (self.failed().len(), "failed"), (self.skipped().len(), "skipped")];
        for (n, what) in others.iter().filter(|(n, _)| *n > 0) {
            counts.push_str(&format!(", {n} {what}"));
        }
        counts
    }

    fn at(&mut self, node: &Name, half: Half) -> &mut Task {
        self.tasks.entry((node.clone(), half)).or_insert_with(|| Task::of(half))
    }

    fn plan(&mut self, tasks: &[Planned], kept: usize) {
        // What was found to be left is planned when the run seemed to be over.
        (self.kept, self.took) = (kept, None);
        for p in tasks {
            let task = self.at(&p.node, p.half);
            (task.kind, task.action, task.after) = (p.kind.clone(), p.action, p.after.clone());
            (task.usual, task.late) = (p.usual, p.late);
        }
    }

    fn known(&mut self, node: &Name) {
        if let Some(task) = self.tasks.get_mut(&(node.clone(), Half::Ensure)) {
            task.known = true;
        }
    }

    fn moved(&mut self, now: Timestamp, node: &Name, half: Half, to: At) {
        self.end_pause(now, node, half);
        let pause = to.until().map_or(Duration::ZERO, |until| between(now, until));
        if let Some(sort) = self.pauses(&to) {
            (sort.count, sort.total) = (sort.count + 1, sort.total.saturating_add(pause));
        }
        self.at(node, half).moved(now, to);
    }

    /// What is left of its pause is not waited out.
    fn end_pause(&mut self, now: Timestamp, node: &Name, half: Half) {
        let Some(task) = self.task(node, half) else { return };
        let (left, at) = (task.pause(now), task.at.clone());
        if let Some(sort) = self.pauses(&at) {
            sort.total = sort.total.saturating_sub(left);
        }
    }

    fn pauses(&mut self, at: &At) -> Option<&mut Pauses> {
        match at {
            At::Queued { .. } => Some(&mut self.quotas),
            At::Retrying { .. } => Some(&mut self.retries),
            _ => None,
        }
    }

    fn ended(&mut self, now: Timestamp, took: Duration) {
        let paused: Vec<_> =
            self.tasks.iter().filter(|(_, t)| t.at.until().is_some()).map(|(k, _)| k.clone()).collect();
        for (node, half) in paused {
            self.end_pause(now, &node, half);
        }
        self.took = Some(took);
    }
}

/// Where an event puts a task, if it tells of one.
fn whereabouts(now: Timestamp, event: &Event) -> Option<(&Name, Half, At)> {
    Some(match event {
        Event::Started { node, half } => (node, *half, At::Running { why: None }),
        Event::Waiting { node, half, why } => (node, *half, At::Running { why: Some(clean(why)) }),
        Event::Queued { node, half, budget, pause } => {
            (node, *half, At::Queued { budget: clean(budget), until: later(now, *pause) })
        }
        Event::Retrying { node, half, error, pause, left } => {
            let (fault, until) = (cleaned(error), later(now, *pause));
            (node, *half, At::Retrying { fault, until, last: left.map(|left| later(now, left)) })
        }
        Event::Finished { node, half, changed, took, .. } => (node, *half, At::Done { changed: *changed, took: *took }),
        Event::Failed { node, half, error } => (node, *half, At::Failed { fault: cleaned(error) }),
        Event::Skipped { node, half, because } => (node, *half, At::Skipped { because: because.clone() }),
        _ => return None,
    })
}

impl Report for Progress {
    fn on(&mut self, at: Timestamp, event: &Event) {
        if let Some((node, half, to)) = whereabouts(at, event) {
            self.moved(at, node, half, to);
        }
        match event {
            Event::Began { command, pipeline, suffix, region, elsewhere } => {
                (self.began, self.elsewhere) = (Some(at), *elsewhere);
                (self.command, self.pipeline) = (command.clone(), pipeline.clone());
                (self.suffix, self.region) = (suffix.clone(), region.clone());
            }
            Event::Planned { tasks, kept } => self.plan(tasks, *kept),
            Event::Forecast(_) if self.elsewhere => {}
            Event::Forecast(forecast) => self.forecast = Some(forecast.clone()),
            Event::Known { node } => self.known(node),
            Event::InLine { node, half } => self.at(node, *half).line_up(),
            Event::Called { node, half, .. } => self.at(node, *half).heard(at),
            Event::Stopping { why } => self.stopping = Some(*why),
            Event::Ended { took, .. } => self.ended(at, *took),
            _ => {}
        }
        if is_milestone(event) {
            self.milestones.push((at, event.clone()));
        }
    }
}

const fn is_milestone(event: &Event) -> bool {
    use Event::{Failed, Finished, Known, Planned, Started};
    matches!(event, Planned { .. } | Started { .. } | Known { .. } | Finished { .. } | Failed { .. })
}

impl Tick for Progress {
    /// What was queued or is to be tried again is running once its pause is over.
    fn tick(&mut self, now: Timestamp) {
        for task in self.tasks.values_mut() {
            if task.at.until().is_some_and(|until| until <= now) {
                task.at = At::Running { why: None };
            }
        }
    }
}

fn later(at: Timestamp, pause: Duration) -> Timestamp {
    at.checked_add(pause).unwrap_or(Timestamp::MAX)
}
