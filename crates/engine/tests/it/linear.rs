//! The work of the queue is linear in tasks and edges, measured in operations on its keys.
use std::{
    cell::Cell,
    hash::{Hash, Hasher},
    time::Duration,
};
use vidpipe_engine::queue::{Queue, Task};

thread_local! {
    static ASKED: Cell<u64> = const { Cell::new(0) };
}

fn asked() {
    ASKED.set(ASKED.get() + 1);
}

/// A key that counts how often it is hashed, compared and cloned.
#[derive(Debug)]
struct Key(u32);

impl Clone for Key {
    fn clone(&self) -> Self {
        asked();
        Self(self.0)
    }
}
impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        asked();
        self.0 == other.0
    }
}
impl Eq for Key {}
impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        asked();
        self.0.hash(state);
    }
}

/// Ten layers of equal size; each task depends on three tasks of the layer before.
fn layered(tasks: u32) -> Vec<Task<Key>> {
    let width = tasks / 10;
    let before = |n: u32| (0..3).map(move |i| Key((n - width) / width * width + (n + i * 7) % width));
    let task = |n: u32| {
        let after = if n < width { Vec::new() } else { before(n).collect() };
        Task { key: Key(n), after, cost: Duration::from_secs(u64::from(n % 7)), milestone_of: None }
    };
    (0..tasks).map(task).collect()
}

/// The operations needed until the queue is empty, if every `fails`-th task fails; and the number of tasks done or
/// dropped.
fn cost(tasks: u32, fails: u32) -> (u64, usize) {
    let tasks = layered(tasks);
    ASKED.set(0);
    let (mut queue, mut over) = (Queue::new(tasks).unwrap(), 0);
    while let Some(key) = queue.pop() {
        over += 1;
        if key.0 % fails == 1 {
            over += queue.fail(&key).len();
        } else {
            queue.finish(&key);
        }
    }
    (ASKED.get(), over)
}

#[test]
fn ten_times_the_tasks_are_ten_times_the_work() {
    for fails in [u32::MAX, 50] {
        let ((small, all_small), (large, all_large)) = (cost(1_000, fails), cost(10_000, fails));
        assert_eq!((all_small, all_large), (1_000, 10_000), "every task is done or dropped, once");
        // 10% more, for hash collisions.
        assert!(large < small * 11, "{small} for a thousand, {large} for ten thousand, one in {fails} failing");
    }
}
