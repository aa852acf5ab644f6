//! The progress of a run: folds its events into the model behind every view.
use crate::{
    At, Remaining, Task, Theirs, Tick, remaining,
    text::{between, clean},
    words::cleaned,
};
use jiff::Timestamp;
use std::{collections::BTreeMap, time::Duration};
use vidpipe_engine::{
    Name,
    event::{Event, Forecast, Halt, Op, Planned, Report},
    path::{self, Link},
};

/// Pauses of one type, over all tasks. Tasks pause in parallel, so the run is not delayed by the total.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pauses {
    /// Their number.
    pub count: usize,
    /// Their total duration.
    pub total: Duration,
}

/// A run: its identity, its start, and the progress of its tasks. All text in it is sanitized.
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
    /// The start time of the run.
    pub began: Option<Timestamp>,
    /// The number of unchanged nodes.
    pub kept: usize,
    /// Whether it runs against an emulated endpoint, which has its own timing: no durations are estimated then.
    pub emulated: bool,
    /// The forecast, once reported.
    pub forecast: Option<Forecast>,
    /// The reason for stopping early, if it does.
    pub stopping: Option<Halt>,
    /// The duration of the run, once it is over.
    pub took: Option<Duration>,
    /// The tasks, by node and operation.
    pub tasks: BTreeMap<(Name, Op), Task>,
    /// Deleted resources that were replaced by resources of another lineage.
    pub theirs: Vec<Theirs>,
    /// Waits for a permit of an API with a call budget.
    pub quotas: Pauses,
    /// Pauses before a failed call is retried.
    pub retries: Pauses,
    /// The events from which the critical path is computed.
    milestones: Vec<(Timestamp, Event)>,
}

impl Progress {
    /// A run that has not started.
    pub fn new() -> Self {
        Self::default()
    }

    /// The task of that node and operation, if known.
    pub fn task(&self, node: &Name, op: Op) -> Option<&Task> {
        self.tasks.get(&(node.clone(), op))
    }

    /// The tasks under way, oldest first.
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

    /// The number of tasks that are done.
    pub fn done(&self) -> usize {
        self.those(|t| matches!(t.at, At::Done { .. })).len()
    }

    fn those(&self, which: impl Fn(&Task) -> bool) -> Vec<(&Name, &Task)> {
        self.tasks.iter().filter(|(_, t)| which(t)).map(|((name, _), t)| (name, t)).collect()
    }

    /// Whether every task is done and the run was not stopped.
    pub fn is_complete(&self) -> bool {
        self.stopping.is_none() && self.tasks.values().all(|t| matches!(t.at, At::Done { .. }))
    }

    /// Whether any completed task changed anything.
    pub fn has_changed(&self) -> bool {
        self.tasks.values().any(|t| matches!(t.at, At::Done { changed: true, .. }))
    }

    /// The likely remaining time. `None` if it cannot be estimated: before the plan is known, if no durations are
    /// known, once the run is stopping, and once it is over.
    pub fn remaining(&self, now: Timestamp) -> Option<Duration> {
        self.rest(now).map(|rest| rest.left)
    }

    /// The remaining time, with the tasks under way that determine it.
    pub fn rest(&self, now: Timestamp) -> Option<Remaining> {
        let estimable = !self.emulated && self.tasks.values().any(|t| !t.usual.is_zero());
        let open = self.took.is_none() && self.stopping.is_none() && self.tasks.values().any(|t| !t.is_over());
        (estimable && open).then(|| remaining::of(&self.tasks, self.stretch(), now))
    }

    /// The factor by which tasks are likely to exceed their usual times: a usual time is the most likely one, and half
    /// of all runs with many tasks take longer than the sum of these along their path.
    fn stretch(&self) -> f64 {
        let Some(f) = &self.forecast else { return 1.0 };
        let usual: f64 = f.path.iter().map(|leg| leg.took.as_secs_f64()).sum();
        if usual > 0.0 { (f.p50.as_secs_f64() / usual).clamp(1.0, 1.5) } else { 1.0 }
    }

    /// The critical path so far: from the finished task that ended last, back through the tasks that delayed it.
    pub fn path(&self) -> Vec<Link> {
        path::critical(self.milestones.iter().map(|(at, event)| (*at, event)))
    }

    /// The environment's display name.
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

    fn at(&mut self, node: &Name, op: Op) -> &mut Task {
        self.tasks.entry((node.clone(), op)).or_insert_with(|| Task::of(op))
    }

    fn plan(&mut self, tasks: &[Planned], kept: usize) {
        // Cleanup of resources that a sweep found is planned after the run appeared to be over.
        (self.kept, self.took) = (kept, None);
        for p in tasks {
            let task = self.at(&p.node, p.op);
            (task.kind, task.action, task.after) = (p.kind.clone(), p.action, p.after.clone());
            (task.usual, task.late) = (p.usual, p.late);
        }
    }

    fn known(&mut self, node: &Name) {
        if let Some(task) = self.tasks.get_mut(&(node.clone(), Op::Ensure)) {
            task.known = true;
        }
    }

    fn moved(&mut self, now: Timestamp, node: &Name, op: Op, to: At) {
        self.end_pause(now, node, op);
        let pause = to.until().map_or(Duration::ZERO, |until| between(now, until));
        if let Some(sort) = self.pauses(&to) {
            (sort.count, sort.total) = (sort.count + 1, sort.total.saturating_add(pause));
        }
        self.at(node, op).moved(now, to);
    }

    /// Subtracts the rest of a pause that ends early.
    fn end_pause(&mut self, now: Timestamp, node: &Name, op: Op) {
        let Some(task) = self.task(node, op) else { return };
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
        for (node, op) in paused {
            self.end_pause(now, &node, op);
        }
        self.took = Some(took);
    }
}

/// The state an event puts a task into, if it concerns a task.
fn whereabouts(now: Timestamp, event: &Event) -> Option<(&Name, Op, At)> {
    Some(match event {
        Event::Started { node, op } => (node, *op, At::Running { why: None }),
        Event::Waiting { node, op, why } => (node, *op, At::Running { why: Some(clean(why)) }),
        Event::Queued { node, op, budget, pause } => {
            (node, *op, At::Queued { budget: clean(budget), until: later(now, *pause) })
        }
        Event::Retrying { node, op, error, pause, left } => {
            let (fault, until) = (cleaned(error), later(now, *pause));
            (node, *op, At::Retrying { fault, until, last: left.map(|left| later(now, left)) })
        }
        Event::Finished { node, op, changed, took, .. } => (node, *op, At::Done { changed: *changed, took: *took }),
        Event::Failed { node, op, error } => (node, *op, At::Failed { fault: cleaned(error) }),
        Event::Skipped { node, op, because } => (node, *op, At::Skipped { because: because.clone() }),
        _ => return None,
    })
}

impl Report for Progress {
    fn on(&mut self, at: Timestamp, event: &Event) {
        if let Some((node, op, to)) = whereabouts(at, event) {
            self.moved(at, node, op, to);
        }
        match event {
            Event::Began { command, pipeline, suffix, region, emulated } => {
                (self.began, self.emulated) = (Some(at), *emulated);
                (self.command, self.pipeline) = (command.clone(), pipeline.clone());
                (self.suffix, self.region) = (suffix.clone(), region.clone());
            }
            Event::Planned { tasks, kept } => self.plan(tasks, *kept),
            Event::Forecast(_) if self.emulated => {}
            Event::Forecast(forecast) => self.forecast = Some(forecast.clone()),
            Event::Known { node } => self.known(node),
            Event::ReadQueued { node, op } => self.at(node, *op).line_up(),
            Event::Called { node, op, .. } => self.at(node, *op).heard(at),
            Event::Theirs { node, id, ours, theirs, .. } => self.theirs.push(Theirs::new(node, id, ours, theirs)),
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
    /// Sets tasks whose queue wait or retry pause is over back to running.
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
