//! Where a run is: the fold of its events that every view is made from.
use crate::{Tick, text::clean, words};
use jiff::Timestamp;
use std::{collections::BTreeMap, time::Duration};
use vidpipe_engine::{
    Action, Name,
    event::{Event, Fault, Half, Planned, Report},
};

/// Where a task is.
#[derive(Clone, Debug, PartialEq)]
pub enum At {
    /// Not begun.
    Planned,
    /// Begun; with what the provider said last, if anything.
    Running {
        /// The service's own words.
        why: Option<String>,
    },
    /// Waiting for its turn at an API until then.
    Queued {
        /// Which budget.
        budget: String,
        /// Until when.
        until: Timestamp,
    },
    /// A call failed and is made again then.
    Retrying {
        /// What failed.
        fault: Fault,
        /// When.
        until: Timestamp,
    },
    /// Done.
    Done {
        /// Whether anything was changed.
        changed: bool,
        /// How long it took.
        took: Duration,
    },
    /// Failed.
    Failed {
        /// What failed.
        fault: Fault,
    },
    /// Not begun, because another failed.
    Skipped {
        /// The other.
        because: Name,
    },
}

/// A task of the run.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// Its node's kind; empty if the plan did not say.
    pub kind: String,
    /// What is done to its node.
    pub action: Action,
    /// How long it usually takes; zero if nobody knows.
    pub usual: Duration,
    /// When it began.
    pub began: Option<Timestamp>,
    /// Where it is.
    pub at: At,
    half: Half,
}

impl Task {
    fn of(half: Half) -> Self {
        let action = if half == Half::Remove { Action::Delete } else { Action::Create };
        Self { kind: String::new(), action, usual: Duration::ZERO, began: None, at: At::Planned, half }
    }

    /// Whether it was begun and is not over.
    pub fn is_under_way(&self) -> bool {
        matches!(self.at, At::Running { .. } | At::Queued { .. } | At::Retrying { .. })
    }

    /// What is being done to the node, in one word.
    pub fn doing(&self) -> &'static str {
        words::doing(self.action, self.half)
    }

    /// Why it is not done yet, as far as anyone said.
    pub fn why(&self) -> String {
        match &self.at {
            At::Running { why } => why.clone().unwrap_or_default(),
            At::Queued { budget, .. } => format!("queued for {budget}"),
            At::Retrying { fault, .. } => {
                let code = fault.code.as_deref().map(|c| format!("{c}: ")).unwrap_or_default();
                format!("again after {code}{}", fault.message)
            }
            _ => String::new(),
        }
    }

    /// Whether it takes much longer than usual.
    pub fn is_late(&self, elapsed: Duration) -> bool {
        !self.usual.is_zero() && elapsed > self.usual * 3 / 2 + Duration::from_secs(10)
    }
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
    /// The user asked to stop.
    pub stopping: bool,
    /// How long the run took, once it is over.
    pub took: Option<Duration>,
    /// The tasks, by node and half.
    pub tasks: BTreeMap<(Name, Half), Task>,
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
        self.kept = kept;
        for p in tasks {
            let task = self.at(&p.node, p.half);
            (task.kind, task.action, task.usual) = (p.kind.clone(), p.action, p.usual);
        }
    }
}

fn cleaned(fault: &Fault) -> Fault {
    let clean = |s: &Option<String>| s.as_deref().map(clean);
    Fault {
        message: self::clean(&fault.message),
        code: clean(&fault.code),
        request_id: clean(&fault.request_id),
        hint: clean(&fault.hint),
    }
}

impl Report for Progress {
    fn on(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::Began { command, pipeline, suffix, region, .. } => {
                self.began = Some(at);
                (self.command, self.pipeline) = (command.clone(), pipeline.clone());
                (self.suffix, self.region) = (suffix.clone(), region.clone());
            }
            Event::Planned { tasks, kept } => self.plan(tasks, *kept),
            Event::Started { node, half } => {
                let task = self.at(node, *half);
                (task.began, task.at) = (Some(at), At::Running { why: None });
            }
            Event::Waiting { node, half, why } => self.at(node, *half).at = At::Running { why: Some(clean(why)) },
            Event::Queued { node, half, budget, pause } => {
                self.at(node, *half).at = At::Queued { budget: clean(budget), until: later(at, *pause) };
            }
            Event::Retrying { node, half, error, pause } => {
                self.at(node, *half).at = At::Retrying { fault: cleaned(error), until: later(at, *pause) };
            }
            Event::Finished { node, half, changed, took, .. } => {
                self.at(node, *half).at = At::Done { changed: *changed, took: *took };
            }
            Event::Failed { node, half, error } => self.at(node, *half).at = At::Failed { fault: cleaned(error) },
            Event::Skipped { node, half, because } => {
                self.at(node, *half).at = At::Skipped { because: because.clone() };
            }
            Event::Stopping { .. } => self.stopping = true,
            Event::Ended { took, .. } => self.took = Some(*took),
            Event::Forecast(_) | Event::Known { .. } | Event::Called { .. } => {}
            // After the end: no task of the plan.
            Event::Sweeping { .. } | Event::Swept(_) => {}
        }
    }
}

impl Tick for Progress {
    /// What was queued or is to be tried again is running once its pause is over.
    fn tick(&mut self, now: Timestamp) {
        for task in self.tasks.values_mut() {
            if let At::Queued { until, .. } | At::Retrying { until, .. } = &task.at
                && *until <= now
            {
                task.at = At::Running { why: None };
            }
        }
    }
}

fn later(at: Timestamp, pause: Duration) -> Timestamp {
    at.checked_add(pause).unwrap_or(Timestamp::MAX)
}
