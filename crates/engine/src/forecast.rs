//! How long a plan is likely to take: the same engine runs it on a clock of its own, against a provider of which nothing
//! is known but how long everything takes there.
use crate::{
    Class, Clock, Error, Ledger, Limits, Result, Runner, Stop,
    event::{Event, Forecast, Half, Report},
    graph::{Edge, Name, Node},
    ledger::Store,
    path,
    plan::{Action, Key, Plan, Step, Takes, Times},
    queue::Task,
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

mod imagined;
use imagined::{Imagined, KINDS, THING};

/// How often the plan is run. Every task has its times drawn evenly: one from each of so many parts of its distribution.
const RUNS: u32 = 40;

/// What a forecast is made from. It may be carried to another thread.
pub struct Outlook {
    nodes: Vec<(Name, Vec<Edge>, Action)>,
    had: Vec<(Name, Vec<Edge>)>,
    tasks: Vec<Task<Key>>,
    times: Times,
    forgotten: BTreeSet<Name>,
    spent: BTreeMap<Name, Duration>,
    limits: Limits,
}

impl Outlook {
    /// The outlook of that plan, from that state, for a run within these limits.
    pub fn of<C: 'static>(plan: &Plan<C>, have: &State, limits: &Limits, clock: Clock) -> Self {
        let actions: BTreeMap<&Name, Action> = plan.steps.iter().map(|s| (&s.name, s.action)).collect();
        let action = |name: &Name| actions.get(name).copied().unwrap_or(Action::Keep);
        let wanted = plan.wanted.iter().map(|(name, node)| (name.clone(), node.edges.clone(), action(name)));
        let unsettled = |e: &Entry| !matches!(e.phase, Phase::Ready { .. });
        Self {
            nodes: wanted.collect(),
            had: have.entries.iter().map(|(name, e)| (name.clone(), e.edges.clone())).collect(),
            tasks: plan.tasks.clone(),
            times: plan.times.clone(),
            forgotten: plan.forgotten.clone(),
            spent: (have.entries.iter().filter(|(_, e)| unsettled(e)))
                .map(|(name, e)| (name.clone(), clock.since(e.since)))
                .collect(),
            limits: Limits { deadline: None, timeouts: BTreeMap::new(), ..limits.clone() },
        }
    }

    /// Run it, as often as it takes. Not for a thread on which a runtime is at work: it starts its own.
    ///
    /// # Errors
    /// When the plan's tasks wait for each other in a circle, or there is no runtime to be had.
    pub fn forecast(&self) -> Result<Forecast> {
        let strata = self.strata();
        let drawn = |run: u32| {
            self.run(&|task| {
                let part = strata.get(task).map_or(0.5, |parts| parts[run as usize]);
                self.times.get(task).map_or(Duration::ZERO, |takes| takes.within(part))
            })
        };
        let mut took = (0..RUNS).map(|run| drawn(run).map(|(took, _)| took)).collect::<Result<Vec<Duration>>>()?;
        took.sort_unstable();
        let typical = |task: &(Half, Name)| self.times.get(task).map_or(Duration::ZERO, Takes::typical);
        let (_, events) = self.run(&typical)?;
        let path = path::critical(events.iter().map(|(at, e)| (*at, e))).iter().map(path::Link::leg).collect();
        let share = |of_ten: usize| took[(took.len() * of_ten / 10).min(took.len() - 1)];
        Ok(Forecast { p50: share(5), p90: share(9), path })
    }

    /// For every task, where in its distribution each run's time lies: each part of it once, in an order of its own.
    fn strata(&self) -> BTreeMap<&(Half, Name), Vec<f64>> {
        // The same plan has the same forecast.
        let mut rng = fastrand::Rng::with_seed(0);
        let mut order = |_| {
            let mut parts: Vec<f64> = (0..RUNS).map(|i| (f64::from(i) + 0.5) / f64::from(RUNS)).collect();
            rng.shuffle(&mut parts);
            parts
        };
        self.times.keys().map(|task| (task, order(task))).collect()
    }

    /// Run it once: how long it took, and what happened.
    fn run(&self, takes: &dyn Fn(&(Half, Name)) -> Duration) -> Result<(Duration, Tape)> {
        let fail = |e| Error::new(Class::Unknown, "run the plan on a clock of its own").caused_by(e);
        let clock = runtime::Builder::new_current_thread().enable_time().start_paused(true).build().map_err(fail)?;
        clock.block_on(async {
            let lasting = |task: &(Half, Name)| {
                let spent = self.spent.get(&task.1).copied().unwrap_or_default();
                takes(task).saturating_sub(spent)
            };
            let lasting = self.times.keys().map(|task| (task.clone(), lasting(task))).collect();
            let imagined = Rc::new(Imagined::new(lasting));
            let (timings, clock, tape) = (imagined.timings(), Clock::start(), Rc::new(RefCell::new(Vec::new())));
            let tapes: Vec<Box<dyn Report>> = vec![Box::new(Taping(tape.clone()))];
            let ledger = Rc::new(Ledger::new(self.state(clock.now()), Box::new(Nowhere), tapes, clock));
            let runner = Runner::new(imagined, KINDS, ledger.clone(), timings, self.limits.clone(), Stop::default());
            let began = Instant::now();
            runner.run(&self.plan()).await?;
            drop((runner, ledger));
            Ok((began.elapsed(), tape.take()))
        })
    }

    /// The same plan, of imagined nodes.
    fn plan(&self) -> Plan<Imagined> {
        let step = |name: &Name, action| Step {
            name: name.clone(),
            kind: THING.name().into(),
            action,
            spec: None,
            old: None,
            because: None,
            loses: None,
        };
        let wanted = |(name, edges, action): &(Name, Vec<Edge>, Action)| {
            (name.clone(), Node::fixed(&THING, edges.clone(), imagined::spec(name, *action)))
        };
        let steps = self.nodes.iter().map(|(name, _, action)| step(name, *action));
        let gone = self.had.iter().filter(|(name, _)| !self.nodes.iter().any(|(n, ..)| n == name));
        Plan {
            steps: steps.chain(gone.map(|(name, _)| step(name, Action::Delete))).collect(),
            tasks: self.tasks.clone(),
            times: self.times.clone(),
            wanted: self.nodes.iter().map(wanted).collect(),
            forgotten: self.forgotten.clone(),
        }
    }

    /// What there is before it. What an earlier run began and did not finish is begun anew here, and takes the rest of its time.
    fn state(&self, now: Timestamp) -> State {
        let nothing = String::new;
        let (pipeline, suffix, account, region) = (nothing(), nothing(), nothing(), nothing());
        let env = Environment { pipeline, suffix, account, region, lineage: nothing() };
        let mut state = State::new(env, "", now);
        let resumed = |name: &Name| self.nodes.iter().any(|(n, _, action)| n == name && *action == Action::Resume);
        let had = self.had.iter().filter(|(name, _)| !resumed(name)).map(|(name, edges)| {
            let phase = Phase::Ready { id: PhysicalId(name.0.clone()), output: Value::Null };
            let (kind, spec, edges) = (THING.name().into(), imagined::spec(name, Action::Keep), edges.clone());
            (name.clone(), Entry { kind, spec, edges, token: Token(nothing()), phase, since: now, trouble: None })
        });
        state.entries.extend(had);
        state
    }
}

type Tape = Vec<(Timestamp, Event)>;

struct Taping(Rc<RefCell<Tape>>);

impl Report for Taping {
    fn on(&mut self, at: Timestamp, event: &Event) {
        self.0.borrow_mut().push((at, event.clone()));
    }
}

struct Nowhere;

impl Store for Nowhere {
    fn save(&mut self, _: &State) -> Result<()> {
        Ok(())
    }
}
