//! Read permits: limit the rate of the read-only calls of a run, so as not to overload the provider.
use crate::{Result, event::Op, graph::Name, wait::Stop};
use std::{
    cell::RefCell,
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    future::pending,
    rc::Rc,
    time::Duration,
};
use tokio::{sync::Notify, time::Instant};

/// The window for which the number of reads is limited. Slightly more than a second, so that no second ever has more.
const WINDOW: Duration = Duration::from_millis(1_010);
/// The minimum number of reads per window.
const FEWEST: usize = 5;
/// In a large plan, one more read per window for every this many tasks.
const TASKS: usize = 30;
/// One permit in this many is for the longest waiting task, so that no task waits forever.
const SHARE: u64 = 3;

pub(super) type Task = (Op, Name);

/// The read permits of one run.
#[derive(Default)]
pub(super) struct ReadLimiter(RefCell<Queue>);

#[derive(Default)]
struct Queue {
    /// `None` where reads are not limited.
    most: Option<usize>,
    /// The longest path from each task to the end.
    ranks: HashMap<Task, Duration>,
    /// The times of the permits of the last [`WINDOW`].
    recent: VecDeque<Instant>,
    /// The waiting reads, by their number; and by the longest path to the end.
    waiting: BTreeMap<u64, Rc<Waiting>>,
    ranked: BTreeSet<(Reverse<Duration>, u64)>,
    /// The number of reads that had to wait so far.
    numbered: u64,
    /// The number of permits so far.
    permits: u64,
}

struct Waiting {
    rank: Duration,
    /// The position in the order of arrival.
    number: u64,
    /// Reads that wait with the same batch name share one permit: one read serves all of them.
    batch: Option<String>,
    wake: Notify,
}

impl Queue {
    fn push(&mut self, task: &Task, batch: Option<String>) -> Rc<Waiting> {
        self.numbered += 1;
        let (number, rank) = (self.numbered, self.ranks.get(task).copied().unwrap_or_default());
        let waiting = Rc::new(Waiting { rank, number, batch, wake: Notify::new() });
        self.waiting.insert(number, waiting.clone());
        self.ranked.insert((Reverse(rank), number));
        waiting
    }

    fn remove(&mut self, waiting: &Waiting) {
        self.waiting.remove(&waiting.number);
        self.ranked.remove(&(Reverse(waiting.rank), waiting.number));
    }

    /// When the next read may be made.
    fn free_at(&mut self, now: Instant) -> Instant {
        while self.recent.front().is_some_and(|at| *at + WINDOW <= now) {
            self.recent.pop_front();
        }
        let over = (self.recent.len() + 1).checked_sub(self.most.unwrap_or(usize::MAX)).filter(|over| *over > 0);
        over.map_or(now, |over| self.recent[over - 1] + WINDOW)
    }

    /// The next read to get a permit: usually the one with the longest path to the end.
    fn next(&self) -> Option<u64> {
        match self.permits % SHARE {
            0 => self.waiting.keys().next().copied(),
            _ => self.ranked.first().map(|(_, number)| *number),
        }
    }

    /// Grant the permit, also to all waiting reads of the same batch.
    fn grant(&mut self, waiting: &Waiting, now: Instant) {
        self.recent.push_back(now);
        self.permits += 1;
        self.remove(waiting);
        let Some(batch) = &waiting.batch else { return };
        let with = self.waiting.values().filter(|w| w.batch.as_ref() == Some(batch));
        for waiting in with.cloned().collect::<Vec<_>>() {
            self.remove(&waiting);
            waiting.wake.notify_one();
        }
    }
}

/// A wait for a permit, which may be abandoned.
struct Waiter<'a> {
    queue: &'a RefCell<Queue>,
    waiting: Rc<Waiting>,
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let queue = &mut *self.queue.borrow_mut();
        queue.remove(&self.waiting);
        if let Some(next) = queue.next().and_then(|number| queue.waiting.get(&number)) {
            next.wake.notify_one();
        }
    }
}

impl ReadLimiter {
    /// Start a run of tasks with these paths to the end. Reads at an emulated endpoint are not limited.
    pub(super) fn begin(&self, ranks: impl IntoIterator<Item = (Task, Duration)>, emulated: bool) {
        let ranks: HashMap<Task, Duration> = ranks.into_iter().collect();
        let most = (!emulated).then(|| FEWEST.max(ranks.len() / TASKS));
        *self.0.borrow_mut() = Queue { most, ranks, ..Queue::default() };
    }

    /// Whether that task is likely to wait noticeably for a permit.
    pub(super) fn would_wait(&self, task: &Task) -> bool {
        let queue = &mut *self.0.borrow_mut();
        let Some(most) = queue.most else { return false };
        queue.free_at(Instant::now());
        let rank = queue.ranks.get(task).copied().unwrap_or_default();
        let ahead = queue.ranked.range(..(Reverse(rank), u64::MAX)).count();
        queue.recent.len() + ahead >= most
    }

    /// Wait for a permit for that task. Callers that wait with the same batch name share one permit.
    ///
    /// # Errors
    /// `Interrupted` when a stop is requested meanwhile.
    pub(super) async fn acquire(&self, task: &Task, batch: Option<String>, stop: &Stop) -> Result<()> {
        if self.0.borrow().most.is_none() {
            return Ok(());
        }
        let waiter = Waiter { queue: &self.0, waiting: self.0.borrow_mut().push(task, batch) };
        let waiting = &waiter.waiting;
        // A read that was granted a permit is no longer in the queue.
        while self.0.borrow().waiting.contains_key(&waiting.number) {
            let now = Instant::now();
            let is_next = self.0.borrow().next() == Some(waiting.number);
            let free_at = is_next.then(|| self.0.borrow_mut().free_at(now));
            match free_at {
                Some(at) if at <= now => self.0.borrow_mut().grant(waiting, now),
                Some(at) => stop.pause(at - now).await?,
                None => tokio::select! {
                    biased;
                    () = waiting.wake.notified() => {}
                    stopped = stop.unless_asked(pending()) => stopped?,
                },
            }
        }
        Ok(())
    }
}
