//! One command, with the binary's steps (lock, read, plan, run, and remove the state when everything is deleted). Every
//! modifying call is checked: its intent must be durable before it is sent.
use futures::future::LocalBoxFuture;
use jiff::Timestamp;
use serde_json::Value;
use std::{cell::RefCell, rc::Rc, time::Duration};
use vidpipe_engine::{
    Change, Class, Clock, Consent, Cx, Error, Graph, Identity, Kind, Kinds, Ledger, Limits, Name, Observed, Owned,
    Owner, Phase, PhysicalId, Removal, Result, Saving, State, Stop, Store, Summary,
    event::{Event, Report},
    kind_of,
    pace::Timings,
    saved,
};
use vidpipe_run::{Held, Provider, Run};
use vidpipe_store::{EnvDir, FileStore};

/// A call that modifies something.
pub(crate) enum Call<'a> {
    Create,
    Update(&'a PhysicalId),
    Delete(&'a PhysicalId),
}

impl Call<'_> {
    fn is_intended(&self, phase: &Phase) -> bool {
        match (self, phase) {
            (Self::Create, Phase::Creating { .. }) => true,
            (Self::Update(id), Phase::Updating { id: had }) | (Self::Delete(id), Phase::Deleting { id: had }) => {
                had == *id
            }
            _ => false,
        }
    }

    const fn word(&self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update(_) => "update",
            Self::Delete(_) => "delete",
        }
    }
}

/// Checks that the intent of a call is recorded.
#[track_caller]
pub(crate) fn is_recorded<C>(durable: &State, cx: &Cx<C>, call: &Call<'_>) {
    let entry = durable.entries.get(&cx.node);
    let recorded = entry.is_some_and(|e| e.token == cx.token && call.is_intended(&e.phase));
    let phase = entry.map(|e| e.phase.word());
    assert!(recorded, "{} {} was sent, and what is saved says {phase:?}", call.word(), cx.node);
}

/// Hears of each modifying call before it is sent.
type Hears<C> = dyn Fn(&Cx<C>, &Call<'_>);

/// A kind whose modifying calls are heard.
pub(crate) struct Witnessed<C: 'static> {
    pub(crate) kind: &'static dyn Kind<C>,
    pub(crate) hears: Rc<Hears<C>>,
    /// How long a call is on its way, on which it goes on whatever becomes of its sender. `None`: it is made here.
    pub(crate) travel: Option<fn() -> Duration>,
}

impl<C> Witnessed<C> {
    /// Sends a call.
    #[allow(clippy::disallowed_methods, reason = "on its way it is nobody's task")]
    async fn send<T: 'static>(&self, call: LocalBoxFuture<'static, Result<T>>) -> Result<T> {
        let Some(travel) = self.travel else { return call.await };
        let time = travel();
        let sent = tokio::task::spawn_local(async move {
            tokio::time::sleep(time).await;
            call.await
        });
        sent.await.map_err(|e| Error::new(Class::Unknown, "send").caused_by(e))?
    }
}

fn own<C>(cx: &Cx<C>) -> Cx<C> {
    Cx { cloud: cx.cloud.clone(), env: cx.env.clone(), node: cx.node.clone(), token: cx.token.clone() }
}

impl<C> Kind<C> for Witnessed<C> {
    fn name(&self) -> &'static str {
        self.kind.name()
    }
    fn identity(&self) -> Identity {
        self.kind.identity()
    }
    fn owner(&self) -> Owner {
        self.kind.owner()
    }
    fn data_loss(&self) -> Option<&'static str> {
        self.kind.data_loss()
    }
    fn is_one_shot(&self) -> bool {
        self.kind.is_one_shot()
    }
    fn updates(&self) -> bool {
        self.kind.updates()
    }
    fn reads_after_update(&self) -> u32 {
        self.kind.reads_after_update()
    }
    fn broken_after(&self) -> Duration {
        self.kind.broken_after()
    }
    fn timing(&self, spec: &Value) -> String {
        self.kind.timing(spec)
    }
    fn symbolic(&self, node: &Name) -> Result<Value> {
        self.kind.symbolic(node)
    }
    fn change(&self, new: &Value, old: &Value) -> Result<Change> {
        self.kind.change(new, old)
    }
    fn create<'a>(&'a self, cx: &'a Cx<C>, spec: &'a Value) -> LocalBoxFuture<'a, Result<PhysicalId>> {
        Box::pin(async move {
            (self.hears)(cx, &Call::Create);
            let (kind, cx, spec) = (self.kind, own(cx), spec.clone());
            self.send(Box::pin(async move { kind.create(&cx, &spec).await })).await
        })
    }
    fn find<'a>(&'a self, cx: &'a Cx<C>, spec: &'a Value) -> LocalBoxFuture<'a, Result<Option<PhysicalId>>> {
        self.kind.find(cx, spec)
    }
    fn observe<'a>(
        &'a self,
        cx: &'a Cx<C>,
        spec: &'a Value,
        id: &'a PhysicalId,
    ) -> LocalBoxFuture<'a, Result<Observed<Value>>> {
        self.kind.observe(cx, spec, id)
    }
    fn owned<'a>(&'a self, cx: &'a Cx<C>, spec: &'a Value, id: &'a PhysicalId) -> LocalBoxFuture<'a, Result<Owned>> {
        self.kind.owned(cx, spec, id)
    }
    fn update<'a>(&'a self, cx: &'a Cx<C>, spec: &'a Value, id: &'a PhysicalId) -> LocalBoxFuture<'a, Result<()>> {
        Box::pin(async move {
            (self.hears)(cx, &Call::Update(id));
            let (kind, cx, spec, id) = (self.kind, own(cx), spec.clone(), id.clone());
            self.send(Box::pin(async move { kind.update(&cx, &spec, &id).await })).await
        })
    }
    fn delete<'a>(&'a self, cx: &'a Cx<C>, spec: &'a Value, id: &'a PhysicalId) -> LocalBoxFuture<'a, Result<Removal>> {
        Box::pin(async move {
            (self.hears)(cx, &Call::Delete(id));
            let (kind, cx, spec, id) = (self.kind, own(cx), spec.clone(), id.clone());
            self.send(Box::pin(async move { kind.delete(&cx, &spec, &id).await })).await
        })
    }
}

/// The kinds, heard by `hears`. They leak: a fixture lives as long as the process.
pub(crate) fn witnessed<C>(kinds: Kinds<C>, hears: Rc<Hears<C>>, travel: Option<fn() -> Duration>) -> Kinds<C> {
    let witnessed = |kind: &&'static dyn Kind<C>| -> &'static dyn Kind<C> {
        Box::leak(Box::new(Witnessed { kind: *kind, hears: hears.clone(), travel }))
    };
    Vec::leak(kinds.iter().map(witnessed).collect())
}

/// The state file, and its last durable content.
struct Kept {
    file: FileStore,
    durable: Rc<RefCell<State>>,
}

impl Store for Kept {
    fn save(&mut self, state: &State) -> Saving {
        saved(self.keep(state))
    }
}

impl Kept {
    fn keep(&mut self, state: &State) -> Result<()> {
        self.file.save(state)?;
        *self.durable.borrow_mut() = state.clone();
        Ok(())
    }
}

struct Tape(Rc<RefCell<Vec<Event>>>);

impl Report for Tape {
    fn on(&mut self, _: Timestamp, event: &Event) {
        self.0.borrow_mut().push(event.clone());
    }
}

/// The fixture for running commands.
pub(crate) struct Kit<C: 'static> {
    provider: Provider<C>,
    /// The initial state of an environment.
    fresh: State,
    durable: Rc<RefCell<State>>,
    /// The events of the last command.
    events: Rc<RefCell<Vec<Event>>>,
}

impl<C: 'static> Kit<C> {
    pub(crate) fn new(cloud: Rc<C>, kinds: Kinds<C>, timings: Timings, fresh: State) -> Self {
        let durable = Rc::new(RefCell::new(fresh.clone()));
        let saved = durable.clone();
        let kinds = witnessed(kinds, Rc::new(move |cx, call| is_recorded(&saved.borrow(), cx, call)), None);
        Self { provider: Provider { cloud, kinds, timings }, fresh, durable, events: Rc::default() }
    }

    /// The failures of the last command.
    pub(crate) fn failures(&self) -> Vec<String> {
        let failed = |e: &Event| match e {
            Event::Failed { error, .. } => Some(error.message.clone()),
            _ => None,
        };
        self.events.borrow().iter().filter_map(failed).collect()
    }

    /// Applies the desired graph, and returns the summary.
    ///
    /// # Errors
    /// When the environment cannot be locked or read, or the end cannot be recorded: class `Store`, or `Taken` if the
    /// environment is lost.
    pub(crate) async fn command(&self, place: &EnvDir, mut want: Graph<C>) -> Result<Summary> {
        self.events.borrow_mut().clear();
        let Held { lock, state } = Held::take(place, "test", self.fresh.created)?;
        let have = state.unwrap_or_else(|| self.fresh.clone());
        *self.durable.borrow_mut() = have.clone();
        for node in want.nodes.values_mut() {
            node.kind = kind_of(self.provider.kinds, node.kind.name())?;
        }
        let plan = self.provider.plan(&want, &have)?;
        let store = Kept { file: lock.store(), durable: self.durable.clone() };
        let reports: Vec<Box<dyn Report>> = vec![Box::new(Tape(self.events.clone()))];
        let ledger = Ledger::new(have, Box::new(store), reports, Clock::start());
        let limits = Limits { consent: Consent::Everything, ..Limits::default() };
        let run = Run::new(&self.provider, ledger, limits, Stop::default());
        let summary = run.apply(&plan).await?;
        if summary.is_complete() && !want.nodes.is_empty() {
            run.keep_outputs(&want).await?;
        }
        if summary.is_complete() && run.ledger().snapshot().entries.is_empty() {
            lock.remove_state()?;
        }
        Ok(summary)
    }

    /// Runs the command on a disk that fails: it must end, and report the disk as the cause.
    pub(crate) async fn broken(&self, place: &EnvDir, want: Graph<C>, at: &str) {
        match self.command(place, want).await {
            Err(e) => assert_eq!(e.class, Class::Store, "{at}: {e:?}"),
            Ok(summary) => {
                assert!(!summary.is_complete(), "{at}: nobody noticed");
                // Tasks that depend on a task that failed because of the disk fail as well.
                let (after, causes): (Vec<_>, Vec<_>) =
                    self.failures().into_iter().partition(|f| f.contains("what it depends on failed"));
                assert!(causes.iter().all(|f| is_of_the_store(f)), "{at}: {causes:?}");
                assert!(!causes.is_empty(), "{at}: {summary:?}, {after:?}");
            }
        }
    }

    /// Runs the command on a working disk: it must complete.
    pub(crate) async fn done(&self, place: &EnvDir, want: Graph<C>, at: &str) {
        let ended = self.command(place, want).await;
        let complete = matches!(&ended, Ok(summary) if summary.is_complete());
        assert!(complete, "{at}: {ended:?} {:?}", self.failures());
    }
}

/// Whether a failure starts with the message of a failed save.
fn is_of_the_store(failure: &str) -> bool {
    ["write the state file", "keep a backup", "replace the state file", "make durable the folder"]
        .iter()
        .any(|words| failure.starts_with(words))
}

/// Guards the match above against changes of the messages.
#[test]
fn a_failed_save_is_told_from_other_failures() {
    assert!(is_of_the_store("write the state file x"));
    assert!(!is_of_the_store(&Error::new(Class::Denied, "create the role").to_string()));
}
