//! An undisturbed life cycle, and the node of each of its mutating calls.

use super::{Counts, Subject};
use crate::Harness;
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering::Relaxed},
};
use vidpipe_engine::{Name, called_for};
use vidpipe_sandbox::{Conditions, Fault};

/// An undisturbed life cycle.
pub(super) struct Undisturbed {
    /// Number of resources each operation creates.
    pub(super) once: Counts,
    /// The run of `up`.
    pub(super) up: Run,
    /// The run of `down`.
    pub(super) down: Run,
}

/// A run: its number of saves, and its mutating calls.
pub(super) struct Run {
    pub(super) saves: u64,
    pub(super) calls: Vec<Changing>,
}

/// A mutating call.
#[derive(Clone)]
pub(super) struct Changing {
    /// The node the call is made for.
    pub(super) node: Name,
    /// The operation, such as `CreateVpc`.
    pub(super) operation: String,
    /// Number of durable saves when the call was made; the last of them holds its intent.
    pub(super) saves: u64,
}

impl Run {
    /// The mutating calls for that node, each with its index among the mutating calls of the run.
    pub(super) fn of(&self, node: &Name) -> impl Iterator<Item = (u64, &Changing)> {
        (0..).zip(&self.calls).filter(move |(_, call)| call.node == *node)
    }
}

/// Runs the life cycle once.
pub(super) async fn undisturbed(subject: &Subject) -> Undisturbed {
    let harness = subject.harness().await;
    let calls = Arc::<Mutex<Vec<Changing>>>::default();
    let (log, saves) = (calls.clone(), harness.saves());
    harness.day(subject.day.clone().with_weather(move |asked| {
        if asked.changes {
            let (operation, saves) = (asked.operation.to_owned(), saves.load(Relaxed));
            let node = called_for().expect("every changing call is made for a node");
            let call = Changing { node, operation, saves };
            log.lock().expect("nobody panics while logging").push(call);
        }
        None
    }));
    let take = |harness: &Harness| Run {
        saves: harness.saves().load(Relaxed),
        calls: std::mem::take(&mut *calls.lock().expect("nobody panics while logging")),
    };
    let up = harness.up().await;
    assert!(up.is_complete(), "an undisturbed `up` is complete: {up:?}");
    let (once, up) = (harness.made(), take(&harness));
    let down = harness.down().await;
    assert!(down.is_complete(), "an undisturbed `down` is complete: {down:?}");
    Undisturbed { once, up, down: take(&harness) }
}

impl Subject {
    /// The subject's conditions, plus that fault on the nth mutating call for that node, from 0.
    pub(super) fn striking(&self, node: &Name, nth: usize, fault: Fault) -> Conditions {
        let (node, seen) = (node.clone(), AtomicUsize::new(0));
        self.day.clone().with_weather(move |asked| {
            let is_its = asked.changes && called_for().as_ref() == Some(&node);
            (is_its && seen.fetch_add(1, Relaxed) == nth).then_some(fault)
        })
    }
}
