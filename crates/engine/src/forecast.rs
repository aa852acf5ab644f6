//! Estimates the duration of a plan: the same engine runs it on a virtual clock, against a simulated provider of which
//! only the durations are known.
use crate::{
    Class, Clock, Consent, Error, Ledger, Limits, Result, Runner, Stop,
    event::{Event, Forecast, Op, Report},
    graph::{Edge, Name, Node},
    ledger::{Saving, Store, saved},
    path,
    plan::{Action, Estimate, Key, Plan, Step, Times},
    queue,
    resource::{Kind, PhysicalId},
    state::{Entry, Environment, Phase, State, Token},
};
use jiff::Timestamp;
use serde_json::Value;
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
    time::Duration,
};
use tokio::{runtime, time::Instant};
use tracing::subscriber::{NoSubscriber, with_default};

mod imagined;
use imagined::{Imagined, KINDS, THING};

/// The minimum and the maximum number of simulated runs. The durations of every task are sampled evenly: one from each
/// of that many parts of its distribution.
const RUNS: [usize; 2] = [10, 100];
/// The total number of tasks in all runs, if that allows enough runs: a run of ten thousand takes a fifth of a second
/// of CPU time, and the more tasks a plan has, the less individual outliers matter.
const TASKS: usize = 40_000;

/// The input of a forecast. It may be sent to another thread.
pub struct Outlook {
    nodes: Vec<(Name, Vec<Edge>, Action)>,
    had: Vec<(Name, Vec<Edge>)>,
    tasks: Vec<queue::Task<Key>>,
    times: Times,
    forgotten: BTreeSet<Name>,
    spent: BTreeMap<Task, Duration>,
    limits: Limits,
}

impl Outlook {
    /// The outlook of that plan, from that state, for a run within these limits.
    pub fn of<C: 'static>(plan: &Plan<C>, have: &State, limits: &Limits, clock: Clock) -> Self {
        let actions: BTreeMap<&Name, Action> = plan.steps.iter().map(|s| (&s.name, s.action)).collect();
        let action = |name: &Name| actions.get(name).copied().unwrap_or(Action::Keep);
        let desired = plan.desired.iter().map(|(name, node)| (name.clone(), node.edges.clone(), action(name)));
        let spent = |task: &Task| have.entries.get(&task.1).map(|e| (task.clone(), e.going_on(task.0, clock)));
        Self {
            nodes: desired.collect(),
            had: have.entries.iter().map(|(name, e)| (name.clone(), e.edges.clone())).collect(),
            tasks: plan.tasks.clone(),
            times: plan.times.clone(),
            forgotten: plan.forgotten.clone(),
            spent: plan.times.keys().filter_map(spent).collect(),
            limits: Limits {
                deadline: None,
                timeouts: BTreeMap::new(),
                consent: Consent::Everything,
                ..limits.clone()
            },
        }
    }

    /// Simulate the plan, in as many runs as needed. Must not be called on a thread with a running runtime: it starts
    /// its own.
    ///
    /// # Errors
    /// When the plan's tasks form a cycle, or the runtime cannot be started.
    pub fn forecast(&self) -> Result<Forecast> {
        // Simulated runs are not logged.
        with_default(NoSubscriber::default(), || self.imagine())
    }

    fn imagine(&self) -> Result<Forecast> {
        let (plan, runs) = (self.plan(), (TASKS / self.times.len().max(1)).clamp(RUNS[0], RUNS[1]));
        let strata = self.strata(runs);
        let drawn = |run: usize| self.run(&plan, vec![], &|task, takes| takes.within(strata[task][run]));
        let mut took = (0..runs).map(drawn).collect::<Result<Vec<Duration>>>()?;
        took.sort_unstable();
        let tape = Rc::new(RefCell::new(Tape::new()));
        self.run(&plan, vec![Box::new(EventLog(tape.clone()))], &|_, takes| takes.typical())?;
        let events = tape.take();
        let path = path::critical(events.iter().map(|(at, e)| (*at, e))).iter().map(path::Link::leg).collect();
        let share = |of_ten: usize| took[(took.len() * of_ten / 10).min(took.len() - 1)];
        Ok(Forecast { p50: share(5), p90: share(9), path })
    }

    /// For every task, its quantile in each run: each part of the distribution once, in random order.
    #[allow(clippy::cast_precision_loss, reason = "a few dozen at most")]
    fn strata(&self, runs: usize) -> BTreeMap<&Task, Vec<f64>> {
        // A fixed seed: the same plan has the same forecast.
        let mut rng = fastrand::Rng::with_seed(0);
        let mut order = |_| {
            let mut parts: Vec<f64> = (0..runs).map(|i| (i as f64 + 0.5) / runs as f64).collect();
            rng.shuffle(&mut parts);
            parts
        };
        self.times.keys().map(|task| (task, order(task))).collect()
    }

    /// Simulate the plan once. Returns the duration.
    fn run(
        &self,
        plan: &Plan<Imagined>,
        tapes: Vec<Box<dyn Report>>,
        lasts: &dyn Fn(&Task, &Estimate) -> Duration,
    ) -> Result<Duration> {
        let fail = |e| Error::new(Class::Unknown, "run the plan on a clock of its own").caused_by(e);
        let clock = runtime::Builder::new_current_thread().enable_time().start_paused(true).build().map_err(fail)?;
        clock.block_on(async {
            let lasting = |(task, takes): (&Task, &Estimate)| {
                let spent = self.spent.get(task).copied().unwrap_or_default();
                (task.clone(), lasts(task, takes).saturating_sub(spent))
            };
            let takes = self.times.iter().map(lasting).collect();
            let imagined = Rc::new(Imagined::new(takes, self.followed_by()));
            let (timings, clock) = (imagined.timings(), Clock::start());
            let ledger = Rc::new(Ledger::new(self.state(clock.now()), Box::new(Nowhere), tapes, clock));
            let runner = Runner::new(imagined, KINDS, ledger.clone(), timings, self.limits.clone(), Stop::default());
            let began = Instant::now();
            runner.run(plan).await?;
            Ok(began.elapsed())
        })
    }

    /// The existing nodes that are deleted only after their followers are.
    fn followed_by(&self) -> BTreeMap<Name, Vec<Name>> {
        let mut by = BTreeMap::<Name, Vec<Name>>::new();
        for (name, edges) in &self.had {
            for edge in edges.iter().filter(|e| e.follows) {
                by.entry(edge.on.clone()).or_default().push(name.clone());
            }
        }
        by
    }

    /// The same plan, of simulated nodes.
    fn plan(&self) -> Plan<Imagined> {
        let step = |name: &Name, action| Step::new(name, THING.name(), action);
        let desired = |(name, edges, action): &(Name, Vec<Edge>, Action)| {
            (name.clone(), Node::fixed(&THING, edges.clone(), imagined::spec(name, *action)))
        };
        let steps = self.nodes.iter().map(|(name, _, action)| step(name, *action));
        let stays: BTreeSet<&Name> = self.nodes.iter().map(|(name, ..)| name).collect();
        let gone = self.had.iter().filter(|(name, _)| !stays.contains(name));
        Plan {
            steps: steps.chain(gone.map(|(name, _)| step(name, Action::Delete))).collect(),
            tasks: self.tasks.clone(),
            times: self.times.clone(),
            desired: self.nodes.iter().map(desired).collect(),
            forgotten: self.forgotten.clone(),
        }
    }

    /// The state before the plan. An operation that an earlier run began is started anew here, and takes its remaining
    /// time.
    fn state(&self, now: Timestamp) -> State {
        let nothing = String::new;
        let (pipeline, suffix, account, region) = (nothing(), nothing(), nothing(), nothing());
        let env = Environment { pipeline, suffix, account, region, lineage: nothing() };
        let mut state = State::new(env, "", now);
        let resumed = self.nodes.iter().filter(|(.., action)| *action == Action::Resume).map(|(name, ..)| name);
        let resumed: BTreeSet<&Name> = resumed.collect();
        let had = self.had.iter().filter(|(name, _)| !resumed.contains(name)).map(|(name, edges)| {
            let phase = Phase::Ready { id: PhysicalId(name.0.clone()), output: Value::Null };
            let (kind, spec, edges) = (THING.name().into(), imagined::spec(name, Action::Keep), edges.clone());
            let (token, since) = (Token(nothing()), now);
            (name.clone(), Entry { kind, spec, edges, token, phase, since, trouble: None, never_ready: false })
        });
        state.entries.extend(had);
        state
    }
}

type Task = (Op, Name);
type Tape = Vec<(Timestamp, Event)>;

struct EventLog(Rc<RefCell<Tape>>);

impl Report for EventLog {
    fn on(&mut self, at: Timestamp, event: &Event) {
        self.0.borrow_mut().push((at, event.clone()));
    }
}

struct Nowhere;

impl Store for Nowhere {
    fn save(&mut self, _: &State) -> Saving {
        saved(Ok(()))
    }
}
