//! The only thing that writes: every transition is applied, made durable, and only then believed.
//!
//! Transitions that arrive together share one write, and a write may take at most a fifth of the time, so the cost of
//! durability is bounded by time and not by the number of nodes.
use crate::{
    Clock, Error, Result,
    event::{Event, Report},
    graph::{Edge, Name, Outputs},
    state::{Entry, Environment, State, Transition},
};
use std::{cell::RefCell, collections::HashMap, rc::Rc, time::Duration};
use tokio::{sync::Mutex, task::yield_now, time::Instant};

/// The least time between two writes.
const BETWEEN: Duration = Duration::from_millis(5);

/// Where the state is made durable.
pub trait Store {
    /// Return only when the state would survive a power cut.
    ///
    /// # Errors
    /// When that cannot be said; the state may then be the old one or the new one, never a mixture.
    fn save(&mut self, state: &State) -> Result<(), Error>;

    /// Whether what was saved is still there, and still ours. Asked before every call, so it must take no time.
    ///
    /// # Errors
    /// When it is not: then nothing more may be asked of the provider.
    fn check(&self) -> Result<(), Error> {
        Ok(())
    }
}

/// The state, its store, and those who are told what happens.
pub struct Ledger {
    inner: RefCell<Inner>,
    turn: Mutex<()>,
    env: Rc<Environment>,
    clock: Clock,
}

struct Inner {
    state: State,
    held: Held,
    durable: u64,
    store: Box<dyn Store>,
    reports: Vec<Box<dyn Report>>,
    /// When the last write ended, and how long it took.
    saved: Option<(Instant, Duration)>,
    /// The last write that failed: up to which transition, and how.
    failed: Option<(u64, Error)>,
}

impl Ledger {
    /// A ledger of that state, as it is in that store.
    pub fn new(state: State, store: Box<dyn Store>, reports: Vec<Box<dyn Report>>, clock: Clock) -> Self {
        let (durable, env) = (state.serial, Rc::new(state.env.clone()));
        let mut held = Held::default();
        state.entries.values().for_each(|e| held.add(e));
        let inner = Inner { state, held, durable, store, reports, saved: None, failed: None };
        Self { inner: RefCell::new(inner), turn: Mutex::new(()), env, clock }
    }

    /// The clock all times are read from.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Apply a transition and make it durable, together with whatever else arrives meanwhile.
    ///
    /// # Errors
    /// When the transition is not legal, or the state could not be made durable: then it must not be acted on.
    pub async fn record(&self, name: &Name, t: Transition) -> Result<()> {
        let now = self.clock.now();
        let serial = {
            let Inner { state, held, .. } = &mut *self.inner.borrow_mut();
            state.entries.get(name).inspect(|e| held.remove(e));
            let applied = state.apply(name, t, now);
            state.entries.get(name).inspect(|e| held.add(e));
            applied?;
            state.serial
        };
        self.flush(serial).await
    }

    /// Change what is not a node, such as the values shown to users, and make it durable.
    ///
    /// # Errors
    /// When the state could not be made durable.
    pub async fn amend(&self, change: impl FnOnce(&mut State)) -> Result<()> {
        let serial = {
            let state = &mut self.inner.borrow_mut().state;
            change(state);
            state.serial += 1;
            state.serial
        };
        self.flush(serial).await
    }

    async fn flush(&self, serial: u64) -> Result<()> {
        let _turn = self.turn.lock().await;
        if self.inner.borrow().durable >= serial {
            return Ok(());
        }
        // Who shared a write shares its failure: on a full disk each of them would fail by itself, in turn.
        if let Some((_, e)) = self.inner.borrow().failed.as_ref().filter(|(until, _)| *until >= serial) {
            return Err(e.again());
        }
        let rest = self.inner.borrow().saved.map(|(at, took)| (took * 4).max(BETWEEN).saturating_sub(at.elapsed()));
        match rest {
            Some(rest) if !rest.is_zero() => rest_for(rest).await,
            _ => yield_now().await,
        }
        let Inner { state, durable, store, saved, failed, .. } = &mut *self.inner.borrow_mut();
        let began = Instant::now();
        let written = store.save(state);
        *saved = Some((Instant::now(), began.elapsed()));
        match &written {
            Ok(()) => *durable = state.serial,
            Err(e) => *failed = Some((state.serial, e.again())),
        }
        written
    }

    /// Make sure, before a call, that the state is still ours.
    ///
    /// # Errors
    /// When it is not; what is known here is kept as well as can be.
    pub fn check(&self) -> Result<()> {
        let Inner { state, store, .. } = &mut *self.inner.borrow_mut();
        // Only who saves has what is to be kept.
        if store.check().is_ok() { Ok(()) } else { store.save(state) }
    }

    /// Whether the last transition is durable. After a write that failed it may not be, until another one did not.
    pub fn is_durable(&self) -> bool {
        let Inner { state, durable, .. } = &*self.inner.borrow();
        *durable >= state.serial
    }

    /// Tell everyone what happened.
    pub fn tell(&self, event: &Event) {
        let now = self.clock.now();
        for report in &mut self.inner.borrow_mut().reports {
            report.on(now, event);
        }
    }

    /// How many transitions there have been.
    pub fn serial(&self) -> u64 {
        self.inner.borrow().state.serial
    }

    /// What the nodes give to others now.
    pub fn known(&self) -> Outputs {
        self.inner.borrow().state.known()
    }

    /// What is read of what we have of that node.
    pub(crate) fn read<T>(&self, name: &Name, read: impl FnOnce(&Entry) -> T) -> Option<T> {
        self.inner.borrow().state.entries.get(name).map(read)
    }

    /// What we have of that node.
    pub fn entry(&self, name: &Name) -> Option<Entry> {
        self.read(name, Entry::clone)
    }

    /// What the upstreams of these edges give now.
    pub fn outputs(&self, edges: &[Edge]) -> Outputs {
        let state = &self.inner.borrow().state;
        let given = |e: &Edge| Some((e.on.clone(), state.entries.get(&e.on)?.phase.output()?.clone()));
        edges.iter().filter_map(given).collect()
    }

    /// Whether some node that is there holds that one.
    pub fn is_held(&self, name: &Name) -> bool {
        self.inner.borrow().held.0.contains_key(name)
    }

    /// Whose state it is.
    pub fn env(&self) -> Rc<Environment> {
        self.env.clone()
    }

    /// A copy of the whole state.
    pub fn snapshot(&self) -> State {
        self.inner.borrow().state.clone()
    }
}

/// How many of the nodes that are there hold each of them: looking through all of them for every one would be quadratic.
#[derive(Default)]
struct Held(HashMap<Name, usize>);

impl Held {
    fn add(&mut self, by: &Entry) {
        for edge in by.edges.iter().filter(|e| e.holds) {
            *self.0.entry(edge.on.clone()).or_default() += 1;
        }
    }

    fn remove(&mut self, by: &Entry) {
        for edge in by.edges.iter().filter(|e| e.holds) {
            if let Some(count) = self.0.get_mut(&edge.on) {
                *count -= 1;
                if *count == 0 {
                    self.0.remove(&edge.on);
                }
            }
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "a write waits for its turn here, nothing else")]
async fn rest_for(rest: Duration) {
    tokio::time::sleep(rest).await;
}
