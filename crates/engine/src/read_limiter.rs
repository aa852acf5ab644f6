//! Read permits: limit the rate of the read-only calls of a run, so as not to overload the provider.
use crate::{Result, event::Op, graph::Name, wait::Stop};
use std::{
    cell::{Cell, RefCell},
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
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

type Task = (Op, Name);

/// The read permits of one run.
#[derive(Default)]
pub(crate) struct ReadLimiter(RefCell<Queue>);

#[derive(Default)]
struct Queue {
    /// `None` where reads are not limited.
    most: Option<usize>,
    /// The longest path from each task to the end.
    ranks: HashMap<Task, Duration>,
    /// The permits of the last [`WINDOW`].
    given: VecDeque<Instant>,
    /// The waiting reads, in the order in which they came; and by the longest path to the end.
    waiting: BTreeMap<u64, Rc<Waiting>>,
    ranked: BTreeSet<(Reverse<Duration>, u64)>,
    came: u64,
    /// The number of permits so far.
    turns: u64,
}

struct Waiting {
    rank: Duration,
    came: u64,
    /// Reads that wait with the same batch word share one permit: one read serves all of them.
    together: Option<String>,
    granted: Cell<bool>,
    wake: Notify,
}

impl Queue {
    fn wait(&mut self, task: &Task, together: Option<String>) -> Rc<Waiting> {
        self.came += 1;
        let (came, rank) = (self.came, self.ranks.get(task).copied().unwrap_or_default());
        let waiting = Rc::new(Waiting { rank, came, together, granted: Cell::default(), wake: Notify::new() });
        self.waiting.insert(came, waiting.clone());
        self.ranked.insert((Reverse(rank), came));
        waiting
    }

    /// When the next read may be made.
    fn free_at(&mut self, now: Instant) -> Instant {
        while self.given.front().is_some_and(|at| *at + WINDOW <= now) {
            self.given.pop_front();
        }
        let over = (self.given.len() + 1).checked_sub(self.most.unwrap_or(usize::MAX)).filter(|over| *over > 0);
        over.map_or(now, |over| self.given[over - 1] + WINDOW)
    }

    /// The next read to get a permit: usually the one with the longest path to the end.
    fn next(&self) -> Option<u64> {
        match self.turns % SHARE {
            0 => self.waiting.keys().next().copied(),
            _ => self.ranked.first().map(|(_, came)| *came),
        }
    }

    /// Grant the permit, also to all waiting reads of the same batch.
    fn grant(&mut self, waiting: &Waiting, now: Instant) {
        self.given.push_back(now);
        self.turns += 1;
        self.leave(waiting);
        waiting.granted.set(true);
        let Some(word) = &waiting.together else { return };
        let with = self.waiting.values().filter(|w| w.together.as_ref() == Some(word));
        for waiter in with.cloned().collect::<Vec<_>>() {
            self.leave(&waiter);
            waiter.granted.set(true);
            waiter.wake.notify_one();
        }
    }

    fn leave(&mut self, waiting: &Waiting) {
        self.waiting.remove(&waiting.came);
        self.ranked.remove(&(Reverse(waiting.rank), waiting.came));
    }

    /// Wake the read that is next now.
    fn wake_next(&self) {
        if let Some(next) = self.next().and_then(|came| self.waiting.get(&came)) {
            next.wake.notify_one();
        }
    }
}

/// A wait for a permit, which may be abandoned.
struct Waiter<'a> {
    read_limiter: &'a ReadLimiter,
    waiting: Rc<Waiting>,
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let turns = &mut *self.read_limiter.0.borrow_mut();
        turns.leave(&self.waiting);
        turns.wake_next();
    }
}

impl ReadLimiter {
    /// Start a run of tasks with these paths to the end. Reads at an emulated endpoint are not limited.
    pub(crate) fn begin(&self, ranks: impl IntoIterator<Item = (Task, Duration)>, emulated: bool) {
        let ranks: HashMap<Task, Duration> = ranks.into_iter().collect();
        let most = (!emulated).then(|| FEWEST.max(ranks.len() / TASKS));
        *self.0.borrow_mut() = Queue { most, ranks, ..Queue::default() };
    }

    /// Whether that task is likely to wait noticeably for a permit.
    pub(crate) fn lets_wait(&self, task: &Task) -> bool {
        let turns = &mut *self.0.borrow_mut();
        let Some(most) = turns.most else { return false };
        turns.free_at(Instant::now());
        let rank = turns.ranks.get(task).copied().unwrap_or_default();
        let ahead = turns.ranked.range(..(Reverse(rank), u64::MAX)).count();
        turns.given.len() + ahead >= most
    }

    /// Wait for a permit for that task. Callers that wait with the same batch word share one permit.
    ///
    /// # Errors
    /// `Interrupted` when a stop is requested meanwhile.
    pub(crate) async fn turn(&self, task: &Task, together: Option<String>, stop: &Stop) -> Result<()> {
        let place = {
            let turns = &mut *self.0.borrow_mut();
            if turns.most.is_none() {
                return Ok(());
            }
            Waiter { read_limiter: self, waiting: turns.wait(task, together) }
        };
        let waiting = &place.waiting;
        while !waiting.granted.get() {
            let now = Instant::now();
            let free = {
                let turns = &mut *self.0.borrow_mut();
                let mine = turns.next() == Some(waiting.came);
                let free = mine.then(|| turns.free_at(now));
                if free.is_some_and(|at| at <= now) {
                    turns.grant(waiting, now);
                }
                free
            };
            match free {
                Some(at) if at <= now => {}
                Some(at) => stop.pause(at - now).await?,
                None => tokio::select! {
                    biased;
                    () = waiting.wake.notified() => {}
                    stopped = stop.pause(FOREVER) => stopped?,
                },
            }
        }
        Ok(())
    }
}

/// Longer than any run.
const FOREVER: Duration = Duration::from_secs(365 * 24 * 3600);
