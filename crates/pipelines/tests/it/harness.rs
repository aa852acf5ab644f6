//! An environment in an in-process AWS sandbox: the state that survives a power cut, and the calls made.
use crate::{
    calls::{Calls, Refusing},
    load,
};
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};
use vidpipe_aws::{Aws, Connection, Facts, KINDS, Requirements};
use vidpipe_engine::{
    Class, Clock, Consent, Environment, Error, Graph, Ledger, Limits, Plan, Result, Saving, State, Stop, Store,
    Summary,
    event::{Event, Report},
    pace::Timings,
    saved,
    sweep::Swept,
};
use vidpipe_pipelines::{graph, requirements, spec::Spec, suffix::Suffix};
use vidpipe_run::{Desired, Provider, Run, Session};
use vidpipe_sandbox::{Clock as Pace, Conditions, Sandbox, Zones};

pub(crate) const SUFFIX: &str = "demo";
/// The pipelines, with their defaults.
pub(crate) const STREAMTECH: &str = "";
pub(crate) const TOKYO: &str = "pipeline = \"streamtech-tokyo\"\n";
pub(crate) const STREAMFLIX: &str = "pipeline = \"streamflix\"\n";
pub(crate) const PIPELINES: [&str; 3] = [STREAMTECH, TOKYO, STREAMFLIX];
/// The contents of the existing secrets.
pub(crate) const PASSWORD: &str = "there-before-us-0123456789";
pub(crate) const API_KEY: &str = "a-key-before-us-0123456789";
/// Enough saves for any run.
pub(crate) const PLENTY: usize = usize::MAX;

/// An environment, and its AWS sandbox.
pub(crate) struct Harness {
    pub(crate) sandbox: Sandbox,
    pub(crate) aws: Rc<Aws>,
    pub(crate) calls: Calls,
    pub(crate) facts: Facts,
    pub(crate) disk: Rc<RefCell<State>>,
    pub(crate) saves: Rc<RefCell<usize>>,
    pub(crate) events: Rc<RefCell<Vec<Event>>>,
    /// The account's inventory at the start.
    before: Value,
    pub(crate) timings: Timings,
    /// The data its runs may lose: everything, unless that is under test.
    pub(crate) consent: RefCell<Consent>,
}

pub(crate) fn suffix(text: &str) -> Suffix {
    Suffix::parse(text).unwrap()
}

pub(crate) fn environment(spec: &Spec, account: &str) -> Environment {
    Environment {
        pipeline: spec.pipeline.to_string(),
        suffix: SUFFIX.into(),
        account: account.into(),
        region: spec.region.clone(),
        lineage: "ours".into(),
    }
}

/// Creates the existing secrets that the spec refers to, if any.
async fn put_secrets(aws: &Aws, required: &Requirements<'_>) {
    let login = required.login.map(|login| {
        let value = json!({"username": login.username, "password": PASSWORD});
        (login.secret, value.to_string())
    });
    for (name, value) in login.into_iter().chain(required.api_key.map(|name| (name, API_KEY.to_owned()))) {
        aws.secrets.create_secret().name(name).secret_string(value).send().await.unwrap();
    }
}

impl Harness {
    /// An empty account at that pace, for an environment of that spec.
    pub(crate) async fn new(pace: Pace, spec: &str) -> Self {
        Self::refusing(pace, spec, "").await
    }

    /// Same as [`Harness::new`], in an account with those zones.
    pub(crate) async fn among(pace: Pace, spec: &str, zones: Zones) -> Self {
        let sandbox = Sandbox::in_memory(pace);
        sandbox.set(Conditions::default().with_zones(zones));
        Self::in_account(sandbox, pace, spec, "").await
    }

    /// Same as [`Harness::new`], but every call of that operation is answered with a refusal.
    pub(crate) async fn refusing(pace: Pace, spec: &str, operation: &'static str) -> Self {
        Self::in_account(Sandbox::in_memory(pace), pace, spec, operation).await
    }

    async fn in_account(sandbox: Sandbox, pace: Pace, spec: &str, operation: &'static str) -> Self {
        let (spec, calls) = (load(spec).unwrap(), Calls::default());
        let mut interceptors = sandbox.interceptors();
        interceptors.extend([SharedInterceptor::new(calls.clone()), SharedInterceptor::new(Refusing(operation))]);
        let connection = Connection::in_process(&spec.region, sandbox.http_client(), interceptors);
        let connection = Connection { unmetered: pace == Pace::Instant, ..connection };
        let session = Session::connect(connection, spec.tags.clone()).await.unwrap();
        put_secrets(session.aws(), &requirements(&spec)).await;
        let desired = Desired { suffix: suffix(SUFFIX), spec };
        let new = desired.new_state(&session.caller, "ours", Timestamp::UNIX_EPOCH);
        let opened = desired.open(&session, new).await.unwrap();
        calls.take();
        let Provider { cloud: aws, timings, .. } = session.provider;
        Self {
            before: sandbox.inventory().unwrap(),
            sandbox,
            aws,
            calls,
            facts: opened.facts,
            disk: Rc::new(RefCell::new(opened.state)),
            saves: Rc::default(),
            events: Rc::default(),
            timings,
            consent: RefCell::new(Consent::Everything),
        }
    }

    pub(crate) fn graph(&self, spec: &str) -> Graph<Aws> {
        graph(&load(spec).unwrap(), &suffix(SUFFIX), &self.facts)
    }

    fn provider(&self) -> Provider<Aws> {
        Provider { cloud: self.aws.clone(), kinds: KINDS, timings: self.timings.clone() }
    }

    pub(crate) fn plan(&self, want: &Graph<Aws>) -> Plan<Aws> {
        self.provider().plan(want, &self.disk.borrow()).unwrap()
    }

    fn begun(&self, fuse: usize) -> Run<Aws> {
        let store = Disk { disk: self.disk.clone(), saves: self.saves.clone(), fuse };
        let have = self.disk.borrow().clone();
        let reports: Vec<Box<dyn Report>> = vec![Box::new(Tape(self.events.clone()))];
        let ledger = Ledger::new(have, Box::new(store), reports, Clock::start());
        let limits = Limits { consent: self.consent.borrow().clone(), ..Limits::default() };
        Run::new(&self.provider(), ledger, limits, Stop::default())
    }

    /// Runs until the end, or until the disk fails after that many saves.
    pub(crate) async fn go(&self, want: &Graph<Aws>, fuse: usize) -> Summary {
        self.begun(fuse).apply(&self.plan(want)).await.unwrap()
    }

    /// Removes everything, including the findings of a sweep, as `down` does.
    pub(crate) async fn clear(&self) -> (Summary, Option<Swept>) {
        let words = |unanswered: &vidpipe_engine::Unanswered<'_>| unanswered.error.to_string();
        self.begun(PLENTY).clear(&self.plan(&Graph::default()), words).await.unwrap()
    }

    /// Runs to the end, which must be complete.
    pub(crate) async fn done(&self, want: &Graph<Aws>) -> Summary {
        self.events.borrow_mut().clear();
        let summary = self.go(want, PLENTY).await;
        assert!(summary.is_complete(), "{summary:?}\n{}", self.failures());
        summary
    }

    pub(crate) async fn up(&self, spec: &str) -> Summary {
        self.done(&self.graph(spec)).await
    }

    pub(crate) async fn down(&self) -> Summary {
        self.done(&Graph::default()).await
    }

    pub(crate) fn failures(&self) -> String {
        let failed = |e: &Event| match e {
            Event::Failed { node, op, error } => Some(format!("{op:?} {node}: {error:?}\n")),
            _ => None,
        };
        self.events.borrow().iter().filter_map(failed).collect()
    }

    /// The existing resources, except those that AWS itself keeps for a while after deletion.
    pub(crate) fn live(&self) -> Value {
        self.sandbox.inventory().unwrap()["regions"].clone()
    }

    #[track_caller]
    pub(crate) fn assert_nothing_left(&self, at: &str) {
        assert_eq!(self.disk.borrow().entries.len(), 0, "{at}: still recorded");
        assert_eq!(self.live(), self.before["regions"], "{at}: left behind");
    }

    /// Phase and physical id by node.
    pub(crate) fn nodes(&self) -> BTreeMap<String, (&'static str, String)> {
        let id = |e: &vidpipe_engine::Entry| e.phase.id().map(ToString::to_string).unwrap_or_default();
        self.disk.borrow().entries.iter().map(|(n, e)| (n.0.clone(), (e.phase.word(), id(e)))).collect()
    }

    #[track_caller]
    pub(crate) fn assert_whole(&self, want: &Graph<Aws>, at: &str) {
        let nodes = self.nodes();
        let missing = want.nodes.keys().find(|n| nodes.get(&n.0).is_none_or(|(phase, _)| *phase != "ready"));
        assert_eq!((missing, nodes.len()), (None, want.nodes.len()), "{at}: {nodes:?}");
    }
}

struct Disk {
    disk: Rc<RefCell<State>>,
    saves: Rc<RefCell<usize>>,
    fuse: usize,
}

impl Store for Disk {
    fn save(&mut self, state: &State) -> Saving {
        saved(self.keep(state))
    }
}

impl Disk {
    fn keep(&mut self, state: &State) -> Result<()> {
        if self.fuse == 0 {
            return Err(Error::new(Class::Store, "power cut"));
        }
        self.fuse -= 1;
        *self.saves.borrow_mut() += 1;
        *self.disk.borrow_mut() = state.clone();
        Ok(())
    }
}

struct Tape(Rc<RefCell<Vec<Event>>>);

impl Report for Tape {
    fn on(&mut self, _: Timestamp, event: &Event) {
        self.0.borrow_mut().push(event.clone());
    }
}
