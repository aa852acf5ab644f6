//! A dependency queue: the tasks that may start now, longest path to the end first. The keys are opaque to it. Its cost
//! is linear in tasks and edges, and logarithmic in the number of ready tasks.
use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    hash::Hash,
    time::Duration,
};

/// A task, or a milestone of a task.
#[derive(Clone, Debug)]
pub struct Task<K> {
    /// The key.
    pub key: K,
    /// The dependencies. Keys that are not in the queue count as done.
    pub after: Vec<K>,
    /// The usual duration.
    pub cost: Duration,
    /// The task this is a milestone of. A milestone is never started; it is passed during that task, or at its end.
    pub milestone_of: Option<K>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Waiting,
    Started,
    Done,
    Lost,
}

struct Slot {
    users: Vec<usize>,
    milestones: Vec<usize>,
    blockers: usize,
    rank: Duration,
    starts: bool,
    stage: Stage,
}

/// The queue of tasks.
pub struct Queue<K> {
    keys: Vec<K>,
    index: HashMap<K, usize>,
    slots: Vec<Slot>,
    ready: BinaryHeap<(Duration, Reverse<usize>)>,
}

impl<K: Hash + Eq + Clone> Queue<K> {
    /// A queue of these tasks.
    ///
    /// # Errors
    /// The keys that form a cycle.
    pub fn new(tasks: Vec<Task<K>>) -> Result<Self, Vec<K>> {
        let keys: Vec<K> = tasks.iter().map(|t| t.key.clone()).collect();
        let index: HashMap<K, usize> = keys.iter().cloned().enumerate().map(|(i, k)| (k, i)).collect();
        let mut slots: Vec<Slot> = tasks
            .iter()
            .map(|t| Slot {
                users: Vec::new(),
                milestones: Vec::new(),
                blockers: 0,
                rank: t.cost,
                starts: t.milestone_of.is_none(),
                stage: Stage::Waiting,
            })
            .collect();
        for (i, task) in tasks.iter().enumerate() {
            for up in task.after.iter().filter_map(|k| index.get(k)) {
                slots[*up].users.push(i);
                slots[i].blockers += 1;
            }
            if let Some(whole) = task.milestone_of.as_ref().and_then(|k| index.get(k)) {
                slots[*whole].milestones.push(i);
            }
        }
        let mut queue = Self { keys, index, slots, ready: BinaryHeap::new() };
        queue.rank()?;
        for i in 0..queue.slots.len() {
            queue.offer(i);
        }
        Ok(queue)
    }

    /// Compute the longest path from each task to the end, including the task.
    fn rank(&mut self) -> Result<(), Vec<K>> {
        let mut left: Vec<usize> = vec![0; self.slots.len()];
        let next = |s: &Slot| s.users.iter().chain(&s.milestones).copied().collect::<Vec<_>>();
        for s in &self.slots {
            next(s).into_iter().for_each(|u| left[u] += 1);
        }
        let mut order: Vec<usize> = (0..left.len()).filter(|i| left[*i] == 0).collect();
        let mut at = 0;
        while let Some(&i) = order.get(at) {
            at += 1;
            for u in next(&self.slots[i]) {
                left[u] -= 1;
                if left[u] == 0 {
                    order.push(u);
                }
            }
        }
        if order.len() < self.slots.len() {
            return Err((0..left.len()).filter(|i| left[*i] > 0).map(|i| self.keys[i].clone()).collect());
        }
        for i in order.into_iter().rev() {
            let beyond = next(&self.slots[i]).into_iter().map(|u| self.slots[u].rank).max().unwrap_or_default();
            self.slots[i].rank += beyond;
        }
        Ok(())
    }

    /// The tasks that can be started, each with its longest path to the end, including the task.
    pub fn ranks(&self) -> impl Iterator<Item = (&K, Duration)> {
        self.keys.iter().zip(&self.slots).filter(|(_, slot)| slot.starts).map(|(key, slot)| (key, slot.rank))
    }

    fn offer(&mut self, i: usize) {
        let s = &self.slots[i];
        if s.starts && s.blockers == 0 && s.stage == Stage::Waiting {
            self.ready.push((s.rank, Reverse(i)));
        }
    }

    /// The next task that may start: the one with the longest path to the end.
    pub fn pop(&mut self) -> Option<K> {
        loop {
            let (_, Reverse(i)) = self.ready.pop()?;
            if self.slots[i].stage == Stage::Waiting {
                self.slots[i].stage = Stage::Started;
                return Some(self.keys[i].clone());
            }
        }
    }

    /// Mark the task as done, or the milestone as passed. Idempotent.
    pub fn finish(&mut self, key: &K) {
        let Some(&i) = self.index.get(key) else { return };
        let mut front = vec![i];
        while let Some(i) = front.pop() {
            if matches!(self.slots[i].stage, Stage::Done | Stage::Lost) {
                continue;
            }
            self.slots[i].stage = Stage::Done;
            front.extend(self.slots[i].milestones.iter().copied());
            for u in self.slots[i].users.clone() {
                self.slots[u].blockers -= 1;
                self.offer(u);
            }
        }
    }

    /// Mark the task as failed, and drop its dependents. Returns the dropped tasks.
    pub fn fail(&mut self, key: &K) -> Vec<K> {
        let Some(&first) = self.index.get(key) else { return Vec::new() };
        self.slots[first].stage = Stage::Lost;
        let (mut lost, mut front) = (Vec::new(), vec![first]);
        while let Some(i) = front.pop() {
            let next: Vec<usize> = self.slots[i].users.iter().chain(&self.slots[i].milestones).copied().collect();
            for u in next {
                if self.slots[u].stage == Stage::Waiting {
                    self.slots[u].stage = Stage::Lost;
                    if self.slots[u].starts {
                        lost.push(self.keys[u].clone());
                    }
                    front.push(u);
                }
            }
        }
        lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(key: &'static str, after: &[&'static str], cost: u64) -> Task<&'static str> {
        Task { key, after: after.to_vec(), cost: Duration::from_secs(cost), milestone_of: None }
    }

    #[test]
    fn the_longest_way_goes_first() {
        let mut q = Queue::new(vec![
            task("alone", &[], 5),
            task("db", &["net"], 700),
            task("net", &[], 1),
            task("eip", &[], 1),
        ])
        .expect("no circle");
        assert_eq!([q.pop(), q.pop(), q.pop(), q.pop()], [Some("net"), Some("alone"), Some("eip"), None]);
        q.finish(&"net");
        assert_eq!(q.pop(), Some("db"));
    }

    #[test]
    fn a_milestone_lets_its_users_start_before_the_end() {
        let milestone = Task { milestone_of: Some("lb"), ..task("lb known", &[], 0) };
        let mut q = Queue::new(vec![
            task("lb", &[], 140),
            milestone,
            task("listener", &["lb known"], 600),
            task("link", &["lb"], 1),
            task("other", &[], 200),
        ])
        .expect("no circle");
        assert_eq!(q.pop(), Some("lb"), "what depends on its milestone counts");
        assert_eq!((q.pop(), q.pop()), (Some("other"), None));
        q.finish(&"lb known");
        assert_eq!((q.pop(), q.pop()), (Some("listener"), None));
        q.finish(&"lb");
        assert_eq!((q.pop(), q.pop()), (Some("link"), None));
    }

    #[test]
    fn what_stands_on_a_failure_is_dropped_and_the_rest_goes_on() {
        let milestone = Task { milestone_of: Some("a"), ..task("a known", &[], 0) };
        let mut q = Queue::new(vec![
            task("a", &[], 1),
            milestone,
            task("b", &["a known"], 1),
            task("c", &["b"], 1),
            task("d", &[], 1),
        ])
        .expect("no circle");
        assert_eq!(q.pop(), Some("a"));
        assert_eq!(q.fail(&"a"), ["b", "c"]);
        assert_eq!((q.pop(), q.pop()), (Some("d"), None));
    }

    #[test]
    fn a_circle_is_named() {
        let circle = Queue::new(vec![task("a", &["b"], 1), task("b", &["a"], 1), task("c", &[], 1)]);
        assert_eq!(circle.err(), Some(vec!["a", "b"]));
    }
}
