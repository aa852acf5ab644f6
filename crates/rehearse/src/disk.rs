//! Simulates the disk across a power cut: the last saved state, read back through its serialized text.

use std::{
    cell::RefCell,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};
use vidpipe_engine::{Class, Error, Result, Saving, State, Store, saved};
use vidpipe_sandbox::Sandbox;

/// The point, among the saves of a run, at which the power is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Save {
    /// Just before the save with this number, from 0, is durable.
    Before(u64),
    /// Just after the save with this number, from 0, is durable.
    After(u64),
}

/// A disk that stores one state.
#[derive(Clone)]
pub(crate) struct Disk(Rc<RefCell<Inner>>);

struct Inner {
    state: State,
    saves: Arc<AtomicU64>,
    cut: Option<Save>,
    sandbox: Rc<Sandbox>,
}

impl Disk {
    pub(crate) fn new(state: &State, sandbox: Rc<Sandbox>) -> Self {
        Self(Rc::new(RefCell::new(Inner { state: state.clone(), saves: Arc::default(), cut: None, sandbox })))
    }

    /// The state as read after a power cut.
    pub(crate) fn read(&self) -> State {
        let text = serde_json::to_string(&self.0.borrow().state).expect("a state has a JSON form");
        serde_json::from_str(&text).expect("what was written can be read")
    }

    /// Resets the save counter to 0, and sets the save at which the power is cut.
    pub(crate) fn count_anew(&self, cut: Option<Save>) {
        let mut inner = self.0.borrow_mut();
        inner.saves.store(0, Relaxed);
        inner.cut = cut;
    }

    /// The counter of saves, readable at any time.
    pub(crate) fn saves(&self) -> Arc<AtomicU64> {
        self.0.borrow().saves.clone()
    }
}

impl Store for Disk {
    fn save(&mut self, state: &State) -> Saving {
        saved(self.keep(state))
    }
}

impl Disk {
    pub(crate) fn keep(&mut self, state: &State) -> Result<()> {
        let inner = &mut *self.0.borrow_mut();
        let number = inner.saves.load(Relaxed);
        if inner.cut == Some(Save::Before(number)) {
            inner.sandbox.cut_power();
        }
        if inner.sandbox.is_cut() {
            return Err(Error::new(Class::Store, "write: the power is gone"));
        }
        inner.state.clone_from(state);
        inner.saves.store(number + 1, Relaxed);
        if inner.cut == Some(Save::After(number)) {
            inner.sandbox.cut_power();
        }
        Ok(())
    }
}
