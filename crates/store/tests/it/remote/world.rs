//! Runs of a small pipeline whose state is in an object store.
use crate::{
    cloud::Cloud,
    command::{Call, is_recorded, witnessed},
    engine::{KINDS, SMALL, pipeline},
};
use jiff::Timestamp;
use std::{
    cell::Cell,
    pin::{Pin, pin},
    rc::Rc,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    task_local,
    time::{Instant, Sleep, sleep_until},
};
use vidpipe_engine::{
    Clock, Consent, Cx, Environment, Graph, Kinds, Ledger, Limits, Result, State, Stop, Transition, kind_of,
    pace::Timings,
};
use vidpipe_run::{Provider, Run};
use vidpipe_store::{
    ErrorKind,
    remote::{Bucket, RemoteEnv, RemoteLock, TTL, Terms, Waiting, memory::Memory},
};

pub(crate) const PREFIX: &str = "states/p/1-r/s/";

/// The longest time for which a request is on its way.
pub(crate) const LATEST: Duration = Duration::from_secs(40);

/// The things of the pipeline that are created.
pub(crate) const THINGS: [&str; 4] = ["app", "disk", "gate", "net"];

task_local! {
    /// The number of the run that is being polled, in the order in which runs took the environment.
    static TAKEN: Rc<Cell<Option<usize>>>;
}

/// An environment, its cloud, and all runs on it.
pub(crate) struct World {
    pub(crate) objects: Memory,
    pub(crate) cloud: Rc<Cloud>,
    kinds: Kinds<Cloud>,
    /// The number of runs that took the environment.
    taken: Rc<Cell<usize>>,
    /// The number of environments that were begun.
    begun: Cell<usize>,
    ids: Arc<std::sync::atomic::AtomicU64>,
}

/// What a run does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Up,
    Down,
}

pub(crate) fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

/// A state in which a call may be in progress.
pub(crate) fn unfinished() -> State {
    let mut state = State::new(environment("ours"), "test", now());
    let (kind, spec) = ("test:net".into(), serde_json::Value::Null);
    state.apply(&"net".into(), Transition::WillCreate { kind, spec, edges: vec![] }, now()).unwrap();
    state
}

fn environment(lineage: &str) -> Environment {
    let [pipeline, suffix, account, region, lineage] = ["p", "s", "1", "r", lineage].map(str::to_owned);
    Environment { pipeline, suffix, account, region, lineage }
}

impl World {
    /// A world in which calls take that long to arrive.
    pub(crate) fn new(travel: fn() -> Duration) -> Self {
        let (objects, latest) = (Memory::default(), Rc::new(Cell::new(0)));
        let saved = objects.clone();
        let hears = move |cx: &Cx<Cloud>, call: &Call<'_>| {
            let bytes = saved.content(&format!("{PREFIX}state.json")).unwrap_or_default();
            // The state object may be of a later run: then this run must not call at all.
            let number = TAKEN.with(|taken| taken.get()).expect("a call of a run that holds the environment");
            assert!(number >= latest.get(), "run {number} starts a call after run {} did", latest.get());
            latest.set(number);
            let state: State = serde_json::from_slice(&bytes).expect("a state is saved");
            is_recorded(&state, cx, call);
        };
        let kinds = witnessed(KINDS, Rc::new(hears), Some(travel));
        let (taken, begun) = (Rc::default(), Cell::default());
        Self { objects, cloud: Rc::default(), kinds, taken, begun, ids: Arc::default() }
    }

    /// The environment as a machine with that access and that clock sees it.
    pub(crate) fn env(&self, objects: &Memory, ticks: impl Fn() -> Duration + Send + Sync + 'static) -> RemoteEnv {
        let ids = Arc::clone(&self.ids);
        let new_id = move || ids.fetch_add(1, std::sync::atomic::Ordering::Relaxed).to_string();
        let terms = Terms { ttl: TTL, ticks: Arc::new(ticks), new_id: Arc::new(new_id) };
        let bucket = Bucket::new(Arc::new(objects.clone()), "s3://bucket/states", "states", terms);
        bucket.environment("p", "1", "r", "s").expect("good names")
    }

    /// The environment as a machine without troubles sees it.
    pub(crate) fn healthy(&self) -> RemoteEnv {
        let began = Instant::now();
        self.env(&self.objects, move || began.elapsed())
    }

    fn fresh(&self) -> State {
        let number = self.begun.replace(self.begun.get() + 1);
        State::new(environment(&format!("lineage-{number}")), "test", now())
    }

    /// Runs a command to its end, whatever it is, as the program does.
    pub(crate) async fn command(&self, env: &RemoteEnv, what: What) -> Result<bool> {
        let number = Rc::new(Cell::new(None));
        TAKEN.scope(number.clone(), self.taking(env, what, &number)).await
    }

    async fn taking(&self, env: &RemoteEnv, what: What, number: &Cell<Option<usize>>) -> Result<bool> {
        let (lock, state) = env.lock("test", now(), &|_: &Waiting<'_>| {}).await?;
        number.set(Some(self.taken.replace(self.taken.get() + 1)));
        let ended = self.holding(&lock, state, what).await;
        lock.release().await;
        ended
    }

    async fn holding(&self, lock: &RemoteLock, state: Option<State>, what: What) -> Result<bool> {
        let mut want = match what {
            What::Up => pipeline(SMALL),
            What::Down => Graph::default(),
        };
        let have = match (state, what) {
            (None, What::Down) => return Ok(true),
            (None, What::Up) => self.fresh(),
            (Some(state), _) => state,
        };
        let provider = Provider { cloud: self.cloud.clone(), kinds: self.kinds, timings: Timings::default() };
        for node in want.nodes.values_mut() {
            node.kind = kind_of(provider.kinds, node.kind.name())?;
        }
        let plan = provider.plan(&want, &have)?;
        let ledger = Ledger::new(have, Box::new(lock.store()), Vec::new(), Clock::start());
        let limits = Limits { consent: Consent::Everything, ..Limits::default() };
        let run = Run::new(&provider, ledger, limits, Stop::default());
        let summary = run.apply(&plan).await?;
        if summary.is_complete() && what == What::Up {
            run.keep_outputs(&want).await?;
        }
        if summary.is_complete() && run.ledger().snapshot().entries.is_empty() {
            lock.remove_state().await?;
        }
        Ok(summary.is_complete())
    }

    /// Puts everything in order with a run without troubles, and takes it away with another. Neither waits longer for the
    /// environment than a minute and a half from the last renewal, which may arrive after its sender was killed.
    pub(crate) async fn assert_mends(&self, at: &str) {
        let env = self.healthy();
        let began = Instant::now();
        let lock = loop {
            let asked = Instant::now();
            match env.lock("test", now(), &|_| {}).await {
                Ok((lock, _)) => {
                    let waited = asked.elapsed();
                    assert!(waited <= Duration::from_secs(90), "{at}: waited for {waited:?}");
                    break lock;
                }
                Err(e) if e.kind() == ErrorKind::Locked && began.elapsed() < LATEST => {}
                Err(e) => panic!("{at}: {e}"),
            }
        };
        lock.release().await;
        assert!(self.command(&env, What::Up).await.unwrap_or_else(|e| panic!("{at}: {e:?}")), "{at}: up");
        assert_eq!(self.cloud.alive(), THINGS, "{at}: after up");
        assert!(self.command(&env, What::Down).await.unwrap_or_else(|e| panic!("{at}: {e:?}")), "{at}: down");
        assert_eq!(self.cloud.alive(), [""; 0], "{at}: after down");
        // A run that finds neither its state nor its lease cannot know that another one removed everything.
        let left: Vec<String> = self.objects.keys().into_iter().filter(|key| !key.contains("rescued")).collect();
        assert_eq!(left, [""; 0], "{at}: objects are left");
    }
}

/// A machine that stands still for a while.
pub(crate) struct Standstill<F> {
    work: Pin<Box<F>>,
    from: Instant,
    until: Pin<Box<Sleep>>,
}

impl<F> Standstill<F> {
    pub(crate) fn new(work: F, from: Instant, until: Instant) -> Self {
        Self { work: Box::pin(work), from, until: Box::pin(sleep_until(until)) }
    }
}

impl<F: Future> Future for Standstill<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        if Instant::now() >= self.from && self.until.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        pin!(&mut self.work).poll(cx)
    }
}
