//! One command as the binary does it (lock, read, plan, run, and forget the state when all is gone), with a witness at
//! every call: nothing may be sent whose intent is not durable.
use futures::future::LocalBoxFuture;
use jiff::Timestamp;
use serde_json::Value;
use std::{cell::RefCell, rc::Rc, time::Duration};
use vidpipe_engine::{
    Change, Class, Clock, Consent, Cx, Error, Graph, Identity, Kind, Kinds, Ledger, Limits, Name, Observed, Owned,
    Owner, Phase, PhysicalId, Removal, Result, Runner, State, Stop, Store, Summary,
    event::{Event, Report},
    kind_of,
    pace::Timings,
    plan,
};
use vidpipe_store::{FileStore, Place};

/// A kind that is asked to change something only when the state on the disk says so.
struct Witnessed<C: 'static> {
    kind: &'static dyn Kind<C>,
    durable: Rc<RefCell<State>>,
}

impl<C> Witnessed<C> {
    #[track_caller]
    fn sees(&self, cx: &Cx<C>, call: &str, intended: impl FnOnce(&Phase) -> bool) {
        let durable = self.durable.borrow();
        let entry = durable.entries.get(&cx.node);
        let said = entry.is_some_and(|e| e.token == cx.token && intended(&e.phase));
        let phase = entry.map(|e| e.phase.word());
        assert!(said, "{call} {} was sent, and on the disk it is {phase:?}", cx.node);
    }
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
    fn loses(&self) -> Option<&'static str> {
        self.kind.loses()
    }
    fn ends(&self) -> bool {
        self.kind.ends()
    }
    fn updates(&self) -> bool {
        self.kind.updates()
    }
    fn looks_after_update(&self) -> u32 {
        self.kind.looks_after_update()
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
            self.sees(cx, "create", |phase| matches!(phase, Phase::Creating { .. }));
            self.kind.create(cx, spec).await
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
            self.sees(cx, "update", |phase| matches!(phase, Phase::Updating { id: had } if had == id));
            self.kind.update(cx, spec, id).await
        })
    }
    fn delete<'a>(&'a self, cx: &'a Cx<C>, spec: &'a Value, id: &'a PhysicalId) -> LocalBoxFuture<'a, Result<Removal>> {
        Box::pin(async move {
            self.sees(cx, "delete", |phase| matches!(phase, Phase::Deleting { id: had } if had == id));
            self.kind.delete(cx, spec, id).await
        })
    }
}

/// The state file, and what is known to be on it.
struct Kept {
    file: FileStore,
    durable: Rc<RefCell<State>>,
}

impl Store for Kept {
    fn save(&mut self, state: &State) -> Result<()> {
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

/// What commands work with.
pub(crate) struct Kit<C: 'static> {
    cloud: Rc<C>,
    kinds: Kinds<C>,
    timings: Timings,
    /// An environment's first state.
    fresh: State,
    durable: Rc<RefCell<State>>,
    /// What the last command told.
    events: Rc<RefCell<Vec<Event>>>,
}

impl<C: 'static> Kit<C> {
    pub(crate) fn new(cloud: Rc<C>, kinds: Kinds<C>, timings: Timings, fresh: State) -> Self {
        let durable = Rc::new(RefCell::new(fresh.clone()));
        let witnessed = |kind: &&'static dyn Kind<C>| -> &'static dyn Kind<C> {
            // A test's: as long as the process.
            Box::leak(Box::new(Witnessed { kind: *kind, durable: durable.clone() }))
        };
        let kinds = Vec::leak(kinds.iter().map(witnessed).collect());
        Self { cloud, kinds, timings, fresh, durable, events: Rc::default() }
    }

    /// What went wrong in the last command.
    pub(crate) fn failures(&self) -> Vec<String> {
        let failed = |e: &Event| match e {
            Event::Failed { error, .. } => Some(error.message.clone()),
            _ => None,
        };
        self.events.borrow().iter().filter_map(failed).collect()
    }

    /// Make it be as wanted; whether all of it was done.
    ///
    /// # Errors
    /// When the environment cannot be taken or read, or the end cannot be recorded: each of class `Store`.
    pub(crate) async fn command(&self, place: &Place, mut want: Graph<C>) -> Result<Summary> {
        self.events.borrow_mut().clear();
        let lock = place.lock("test", self.fresh.created)?;
        let have = place.read()?.unwrap_or_else(|| self.fresh.clone());
        *self.durable.borrow_mut() = have.clone();
        for node in want.nodes.values_mut() {
            node.kind = kind_of(self.kinds, node.kind.name())?;
        }
        let plan = plan(&want, &have, self.kinds, &self.timings)?;
        let store = Kept { file: lock.store(), durable: self.durable.clone() };
        let reports: Vec<Box<dyn Report>> = vec![Box::new(Tape(self.events.clone()))];
        let ledger = Rc::new(Ledger::new(have, Box::new(store), reports, Clock::start()));
        let (cloud, timings) = (self.cloud.clone(), self.timings.clone());
        let runner = Runner::new(
            cloud,
            self.kinds,
            ledger.clone(),
            timings,
            Limits { consent: Consent::Everything, ..Limits::default() },
            Stop::default(),
        );
        let summary = runner.run(&plan).await?;
        if summary.is_complete() && !want.nodes.is_empty() {
            let shown = runner.shown(&want)?;
            ledger.amend(|state| state.outputs = shown).await?;
        }
        if summary.is_complete() && ledger.snapshot().entries.is_empty() {
            lock.remove_state()?;
        }
        Ok(summary)
    }

    /// The same, on a disk that fails: it must end, and say that it was the disk.
    pub(crate) async fn broken(&self, place: &Place, want: Graph<C>, at: &str) {
        match self.command(place, want).await {
            Err(e) => assert_eq!(e.class, Class::Store, "{at}: {e:?}"),
            Ok(summary) => {
                assert!(!summary.is_complete(), "{at}: nobody noticed");
                // What waits for something that failed for the disk's sake fails after it.
                let (after, said): (Vec<_>, Vec<_>) =
                    self.failures().into_iter().partition(|f| f.contains("what it stands on failed"));
                assert!(said.iter().all(|f| is_of_the_store(f)), "{at}: {said:?}");
                assert!(!said.is_empty(), "{at}: {summary:?}, {after:?}");
            }
        }
    }

    /// The same, on a sound disk: it must be complete.
    pub(crate) async fn done(&self, place: &Place, want: Graph<C>, at: &str) {
        let ended = self.command(place, want).await;
        let complete = matches!(&ended, Ok(summary) if summary.is_complete());
        assert!(complete, "{at}: {ended:?} {:?}", self.failures());
    }
}

/// The words every failed save begins with.
fn is_of_the_store(failure: &str) -> bool {
    ["write the state file", "keep a backup", "replace the state file", "make durable the folder"]
        .iter()
        .any(|words| failure.starts_with(words))
}

/// An `Error` that a failed disk is made of; so that the match above cannot go stale unnoticed.
#[test]
fn a_failed_save_is_told_from_other_failures() {
    assert!(is_of_the_store("write the state file x"));
    assert!(!is_of_the_store(&Error::new(Class::Denied, "create the role").to_string()));
}
