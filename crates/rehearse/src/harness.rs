//! An environment, its recorded state, and the AWS sandbox it runs in.

use crate::{
    account::{differences, inventory, put_secrets},
    disk::{Disk, Save},
    part::standing,
};
use jiff::Timestamp;
use serde_json::Value;
use std::{
    cell::RefCell,
    collections::BTreeMap,
    rc::Rc,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};
use tokio::time::Instant;
use vidpipe_aws::{Aws, Connection, Facts};
use vidpipe_engine::{
    Budgets, Clock, Consent, Graph, Ledger, Limits, Name, Outlook, Plan, Result, State, Stop, Summary,
    event::{Event, Report},
};
use vidpipe_pipelines::{requirements, spec::Spec, suffix::Suffix};
use vidpipe_run::{Desired, Run, Session};
use vidpipe_sandbox::{Clock as Pace, Conditions, Sandbox};

mod asking;
mod by_hand;
mod clear;
mod crowd;

/// Time between two runs, in which a user reads the result.
const BETWEEN_RUNS: Duration = Duration::from_secs(30);

/// The end of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The run ended, complete or not.
    Ran(Summary),
    /// The power was cut.
    Cut,
}

impl Ended {
    /// Whether every task completed.
    pub fn is_complete(&self) -> bool {
        matches!(self, Self::Ran(summary) if summary.is_complete())
    }
}

/// The events, with their times.
pub(crate) type Tape = Rc<RefCell<Vec<(Timestamp, Event)>>>;

/// An environment, its recorded state, and the AWS sandbox it runs in.
pub struct Harness {
    sandbox: Rc<Sandbox>,
    session: Session,
    desired: Desired,
    facts: Facts,
    only: Vec<Name>,
    disk: Disk,
    tape: Tape,
    before: Value,
    clock: Clock,
    /// The data loss that `up` may cause: none by default.
    consent: RefCell<Consent>,
}

impl Harness {
    /// A new account, and an environment that is not created yet. `pace` sets how time passes in the sandbox; the
    /// conditions are fault-free until [`Harness::day`] changes them.
    ///
    /// # Errors
    /// If the sandbox does not offer what the spec requires.
    pub async fn new(pace: Pace, spec: &Spec, suffix: &Suffix) -> Result<Self> {
        Self::with_retries(pace, spec, suffix, false).await
    }

    /// Same as [`Harness::new`], with the SDK's own retries on or off.
    ///
    /// # Errors
    /// If the sandbox does not offer what the spec requires.
    pub async fn with_retries(pace: Pace, spec: &Spec, suffix: &Suffix, sdk_retries: bool) -> Result<Self> {
        let sandbox = Rc::new(Sandbox::in_memory(pace));
        Self::in_account(sandbox, pace, spec, suffix, "rehearsal", sdk_retries, Arc::default()).await
    }

    /// Another environment in the same account, with another lineage. Its baseline is the account's current inventory.
    ///
    /// # Errors
    /// If the sandbox does not offer what the spec requires.
    pub async fn beside(&self, pace: Pace, suffix: &Suffix) -> Result<Self> {
        let (sandbox, budgets) = (self.sandbox.clone(), Arc::default());
        Self::in_account(sandbox, pace, &self.desired.spec, suffix, "another-lineage", false, budgets).await
    }

    async fn in_account(
        sandbox: Rc<Sandbox>,
        pace: Pace,
        spec: &Spec,
        suffix: &Suffix,
        lineage: &str,
        sdk_retries: bool,
        budgets: Arc<Budgets>,
    ) -> Result<Self> {
        let connection = Connection::in_process(&spec.region, sandbox.http_client(), sandbox.interceptors());
        let connection = Connection { sdk_retries, unmetered: pace == Pace::Instant, budgets, ..connection };
        let session = Session::connect(connection, spec.tags.clone()).await?;
        put_secrets(session.aws(), &requirements(spec)).await?;
        let (desired, clock) = (Desired { spec: spec.clone(), suffix: suffix.clone() }, Clock::start());
        let new = desired.new_state(&session.caller, lineage, clock.now());
        let opened = desired.open(&session, new).await?;
        let disk = Disk::new(&opened.state, sandbox.clone());
        let before = inventory(&sandbox);
        drop(sandbox.take_calls());
        Ok(Self {
            sandbox,
            session,
            desired,
            facts: opened.facts,
            only: Vec::new(),
            disk,
            tape: Tape::default(),
            before,
            clock,
            consent: RefCell::default(),
        })
    }

    /// Sets the conditions from now on.
    pub fn day(&self, conditions: Conditions) {
        self.sandbox.set(conditions);
    }

    /// The sandbox.
    pub fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// Restricts the graph to these nodes and their dependencies; an empty list selects all nodes.
    pub(crate) fn want_only(&mut self, nodes: &[Name]) {
        self.only = nodes.to_vec();
    }

    /// The desired graph of `up`.
    pub fn graph(&self) -> Graph<Aws> {
        let whole = self.desired.graph(&self.facts);
        if self.only.is_empty() { whole } else { standing(whole, &self.only) }
    }

    /// The outlook of a run towards that graph, from which a forecast is computed.
    pub fn outlook(&self, want: &Graph<Aws>) -> Outlook {
        let have = self.disk.read();
        Outlook::of(&self.plan(want, &have), &have, &Limits::default(), self.clock)
    }

    /// The recorded state.
    pub fn state(&self) -> State {
        self.disk.read()
    }

    /// Runs `up` once.
    pub async fn up(&self) -> Ended {
        self.run(&self.graph(), None).await
    }

    /// Runs `down` once, without its sweep.
    pub async fn down(&self) -> Ended {
        self.run(&Graph::default(), None).await
    }

    /// Runs once towards that graph. The power may be cut at one of its saves.
    pub(crate) async fn run(&self, want: &Graph<Aws>, cut: Option<Save>) -> Ended {
        let have = self.disk.read();
        self.disk.count_anew(cut);
        let plan = self.plan(want, &have);
        let consent = if want.nodes.is_empty() { Consent::Everything } else { self.consent.borrow().clone() };
        let run = self.begun(have, consent);
        tokio::select! {
            biased;
            () = self.sandbox.cut() => Ended::Cut,
            ran = run.apply(&plan) => match ran {
                // The power was cut at the very end, before the summary was reported.
                Ok(_) if self.sandbox.is_cut() => Ended::Cut,
                Ok(summary) => Ended::Ran(summary),
                Err(e) => unreachable!("our own plan has no circle: {e:?}"),
            },
        }
    }

    fn plan(&self, want: &Graph<Aws>, have: &State) -> Plan<Aws> {
        match self.session.provider.plan(want, have) {
            Ok(plan) => plan,
            Err(e) => unreachable!("our own graph and state make a plan: {e:?}"),
        }
    }

    fn begun(&self, have: State, consent: Consent) -> Run<Aws> {
        let reports: Vec<Box<dyn Report>> = vec![Box::new(Recorder(self.tape.clone()))];
        let ledger = Ledger::new(have, Box::new(self.disk.clone()), reports, self.clock);
        let limits = Limits { consent, ..Limits::default() };
        Run::new(&self.session.provider, ledger, limits, Stop::default())
    }

    /// Runs until a run is complete, up to `runs` times; returns the number of runs.
    pub async fn until_complete(&self, want: &Graph<Aws>, runs: usize) -> Option<usize> {
        for run in 1..=runs {
            let ended = self.run(want, None).await;
            self.sandbox.restore_power();
            if ended.is_complete() {
                return Some(run);
            }
            pause(BETWEEN_RUNS).await;
        }
        None
    }

    /// The counter of saves of the last run, readable at any time.
    pub(crate) fn saves(&self) -> Arc<AtomicU64> {
        self.disk.saves()
    }

    /// The events since the last call.
    pub fn take_events(&self) -> Vec<(Timestamp, Event)> {
        self.tape.borrow_mut().drain(..).collect()
    }

    pub(crate) fn now(&self) -> Instant {
        Instant::now()
    }

    /// The spec.
    pub(crate) fn spec(&self) -> &Spec {
        &self.desired.spec
    }

    /// Resources created so far, by operation, according to the ledger.
    pub fn made(&self) -> BTreeMap<String, usize> {
        self.sandbox.made_by()
    }

    /// The violations after a complete `up`: nodes that are not ready.
    pub fn unready(&self) -> Vec<String> {
        let state = self.disk.read();
        let phase = |name| state.entries.get(name).map_or("not recorded", |entry| entry.phase.word());
        let graph = self.graph();
        let unready = graph.nodes.keys().filter(|name| phase(name) != "ready");
        unready.map(|name| format!("{name} is {}", phase(name))).collect()
    }

    /// The differences from the account's inventory at the start.
    pub(crate) fn changed(&self) -> Vec<String> {
        let mut changed = Vec::new();
        differences("", &self.before["regions"], &inventory(&self.sandbox)["regions"], &mut changed);
        changed
    }

    /// The violations after a complete `down`: resources that exist but did not before, the reverse, and entries still
    /// recorded.
    pub fn leftovers(&self) -> Vec<String> {
        let recorded = self.disk.read().entries.into_keys().map(|name| format!("{name} is recorded"));
        recorded.chain(self.changed()).collect()
    }
}

#[allow(clippy::disallowed_methods, reason = "the time between two runs, on a paused clock")]
pub(crate) async fn pause(pause: Duration) {
    tokio::time::sleep(pause).await;
}

struct Recorder(Tape);

impl Report for Recorder {
    fn on(&mut self, at: Timestamp, event: &Event) {
        self.0.borrow_mut().push((at, event.clone()));
    }
}
