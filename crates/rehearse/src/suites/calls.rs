//! An undisturbed life, and for which node each of its changing calls is made.

use super::{Counts, Subject};
use crate::World;
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering::Relaxed},
};
use vidpipe_engine::{Name, called_for};
use vidpipe_sandbox::{Conditions, Fault};

/// An undisturbed life.
pub(super) struct Undisturbed {
    /// What it makes.
    pub(super) once: Counts,
    /// Its `up`.
    pub(super) up: Run,
    /// Its `down`.
    pub(super) down: Run,
}

/// One run: how often it saves, and its changing calls.
pub(super) struct Run {
    pub(super) saves: u64,
    pub(super) calls: Vec<Changing>,
}

/// A call that may change something.
#[derive(Clone)]
pub(super) struct Changing {
    /// The node it is made for.
    pub(super) node: Name,
    /// Its operation, such as `CreateVpc`.
    pub(super) operation: String,
    /// How many saves were durable when it was made: the last of them has its intent.
    pub(super) saves: u64,
}

impl Run {
    /// The changing calls for that node, with how many of all nodes came before each.
    pub(super) fn of(&self, node: &Name) -> impl Iterator<Item = (u64, &Changing)> {
        (0..).zip(&self.calls).filter(move |(_, call)| call.node == *node)
    }
}

/// Lives it once.
pub(super) async fn undisturbed(subject: &Subject) -> Undisturbed {
    let world = subject.world().await;
    let calls = Arc::<Mutex<Vec<Changing>>>::default();
    let (log, saves) = (calls.clone(), world.saves());
    world.day(subject.day.clone().with_weather(move |asked| {
        if asked.changes {
            let (operation, saves) = (asked.operation.to_owned(), saves.load(Relaxed));
            let node = called_for().expect("every changing call is made for a node");
            let call = Changing { node, operation, saves };
            log.lock().expect("nobody panics while logging").push(call);
        }
        None
    }));
    let take = |world: &World| Run {
        saves: world.saves().load(Relaxed),
        calls: std::mem::take(&mut *calls.lock().expect("nobody panics while logging")),
    };
    let up = world.up().await;
    assert!(up.is_complete(), "an undisturbed `up` is complete: {up:?}");
    let (once, up) = (world.made(), take(&world));
    let down = world.down().await;
    assert!(down.is_complete(), "an undisturbed `down` is complete: {down:?}");
    Undisturbed { once, up, down: take(&world) }
}

impl Subject {
    /// Its day, on which that fault strikes one changing call for that node: the nth, from 0.
    pub(super) fn striking(&self, node: &Name, nth: usize, fault: Fault) -> Conditions {
        let (node, seen) = (node.clone(), AtomicUsize::new(0));
        self.day.clone().with_weather(move |asked| {
            let is_its = asked.changes && called_for().as_ref() == Some(&node);
            (is_its && seen.fetch_add(1, Relaxed) == nth).then_some(fault)
        })
    }
}
