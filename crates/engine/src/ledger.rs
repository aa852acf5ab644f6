//! The only writer of the state: every transition is applied and made durable before it is acted on.
//!
//! Transitions that arrive at the same time share one write, and writes take at most a fifth of the time, so the cost
//! of durability is bounded by time and not by the number of nodes.
use crate::{
    Clock, Error, Result,
    event::{Event, Report},
    graph::{Edge, Name, Outputs},
    state::{Entry, Environment, State, Transition},
};
use futures::future::LocalBoxFuture;
use std::{cell::RefCell, collections::HashMap, future::ready, rc::Rc, time::Duration};
use tokio::{sync::Mutex, task::yield_now, time::Instant};

/// The minimum time between two writes.
const BETWEEN: Duration = Duration::from_millis(5);

/// A save in progress.
pub type Saving = LocalBoxFuture<'static, Result<()>>;

/// A save that ended at once.
pub fn saved(result: Result<()>) -> Saving {
    Box::pin(ready(result))
}

/// The storage that makes the state durable.
pub trait Store {
    /// Save the state. The future ends only once it would survive a power failure. It is polled to its end before the
    /// next save.
    ///
    /// # Errors
    /// When durability cannot be confirmed; the stored state may then be the old one or the new one, never a mixture.
    fn save(&mut self, state: &State) -> Saving;

    /// Whether the saved state still exists and is still ours. Called before every call to the provider, so it must be
    /// fast. `state` is the current state, of which a copy can be kept.
    ///
    /// # Errors
    /// When it does not, or is not: then no further call may be made to the provider.
    fn check(&mut self, _state: &State) -> Result<(), Error> {
        Ok(())
    }

    /// The pause after a save that took that long. Transitions that arrive meanwhile share the next save.
    fn rest(&self, took: Duration) -> Duration {
        (took * 4).max(BETWEEN)
    }
}

/// The state, its store, and the reporters of events.
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
    /// The last failed write: the serial up to which it would have saved, and the error.
    failed: Option<(u64, Error)>,
}

impl Ledger {
    /// A ledger of that state, as it is saved in that store.
    pub fn new(state: State, store: Box<dyn Store>, reports: Vec<Box<dyn Report>>, clock: Clock) -> Self {
        let (durable, env) = (state.serial, Rc::new(state.env.clone()));
        let mut held = Held::default();
        state.entries.values().for_each(|e| held.add(e));
        let inner = Inner { state, held, durable, store, reports, saved: None, failed: None };
        Self { inner: RefCell::new(inner), turn: Mutex::new(()), env, clock }
    }

    /// The clock that all timestamps come from.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// Apply a transition and make it durable, together with any that arrive in the meantime.
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

    /// Change a part of the state that is not a node, such as the values shown to users, and make it durable.
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
        // All transitions that share a write share its failure: on a full disk each of them would otherwise retry the
        // write.
        if let Some((_, e)) = self.inner.borrow().failed.as_ref().filter(|(until, _)| *until >= serial) {
            return Err(e.again());
        }
        let rest = {
            let Inner { saved, store, .. } = &*self.inner.borrow();
            saved.map(|(at, took)| store.rest(took).saturating_sub(at.elapsed()))
        };
        match rest {
            Some(rest) if !rest.is_zero() => rest_for(rest).await,
            _ => yield_now().await,
        }
        let began = Instant::now();
        let (serial, saving) = {
            let Inner { state, store, .. } = &mut *self.inner.borrow_mut();
            (state.serial, store.save(state))
        };
        // Transitions that are applied meanwhile are not part of this save.
        let written = saving.await;
        let Inner { durable, saved, failed, .. } = &mut *self.inner.borrow_mut();
        *saved = Some((Instant::now(), began.elapsed()));
        match &written {
            Ok(()) => *durable = serial,
            Err(e) => *failed = Some((serial, e.again())),
        }
        written
    }

    /// Check, before a call, that the state is still ours.
    ///
    /// # Errors
    /// When it is not; the state in memory is saved as far as possible.
    pub fn check(&self) -> Result<()> {
        let Inner { state, store, .. } = &mut *self.inner.borrow_mut();
        store.check(state)
    }

    /// Whether the last transition is durable. After a failed write it may not be, until a write succeeds.
    pub fn is_durable(&self) -> bool {
        let Inner { state, durable, .. } = &*self.inner.borrow();
        *durable >= state.serial
    }

    /// Send an event to all reporters.
    pub fn tell(&self, event: &Event) {
        let now = self.clock.now();
        for report in &mut self.inner.borrow_mut().reports {
            report.on(now, event);
        }
    }

    /// The number of transitions so far.
    pub fn serial(&self) -> u64 {
        self.inner.borrow().state.serial
    }

    /// The available outputs of the nodes.
    pub fn known(&self) -> Outputs {
        self.inner.borrow().state.known()
    }

    /// Read a value from the entry of that node.
    pub(crate) fn read<T>(&self, name: &Name, read: impl FnOnce(&Entry) -> T) -> Option<T> {
        self.inner.borrow().state.entries.get(name).map(read)
    }

    /// A copy of the entry of that node.
    pub fn entry(&self, name: &Name) -> Option<Entry> {
        self.read(name, Entry::clone)
    }

    /// The available outputs of the upstreams of these edges.
    pub fn outputs(&self, edges: &[Edge]) -> Outputs {
        let state = &self.inner.borrow().state;
        let given = |e: &Edge| Some((e.on.clone(), state.entries.get(&e.on)?.phase.output()?.clone()));
        edges.iter().filter_map(given).collect()
    }

    /// Whether a recorded node blocks the removal of that node.
    pub fn is_held(&self, name: &Name) -> bool {
        self.inner.borrow().held.0.contains_key(name)
    }

    /// The environment the state belongs to.
    pub fn env(&self) -> Rc<Environment> {
        self.env.clone()
    }

    /// A copy of the whole state.
    pub fn snapshot(&self) -> State {
        self.inner.borrow().state.clone()
    }
}

/// The number of recorded nodes that hold each node. Scanning all entries for each of them would be quadratic.
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

#[allow(clippy::disallowed_methods, reason = "one write waits for another, nothing else")]
async fn rest_for(rest: Duration) {
    tokio::time::sleep(rest).await;
}
