//! Turns at looking again: all tasks that wait ask the provider, together, no more often than is fair to it.
use crate::{Result, event::Half, graph::Name, wait::Stop};
use std::{
    cell::RefCell,
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    rc::Rc,
    time::Duration,
};
use tokio::{sync::Notify, time::Instant};

/// Within this time so many calls are made to look again, at most.
const WINDOW: Duration = Duration::from_secs(1);
/// At least so many: one less than we promise, because a look may take a call more than the last one did.
const FEWEST: usize = 4;
/// One more for every so many tasks of a large plan.
const TASKS: usize = 30;
/// One of so many turns is for who waits longest, so that nobody waits for ever.
const SHARE: u64 = 3;

type Task = (Half, Name);

/// The turns of one run. A task's first look needs none.
#[derive(Default)]
pub(crate) struct Looks(RefCell<Turns>);

#[derive(Default)]
struct Turns {
    /// `None` where looks may be as many as they will.
    most: Option<usize>,
    /// The longest way from each task to the end.
    ranks: HashMap<Task, Duration>,
    /// When calls were made, or may be, that look again; of the last [`WINDOW`].
    given: VecDeque<Instant>,
    /// How many calls a task's last look took; as many are given to its next.
    took: HashMap<Task, usize>,
    /// How many calls of those given to a task are still to be made. Only those in whose turn it is.
    open: HashMap<Task, usize>,
    /// Who waits, in the order in which they came; and by the longest way to the end.
    waiting: BTreeMap<u64, Rc<Notify>>,
    ranked: BTreeSet<(Reverse<Duration>, u64)>,
    came: u64,
    /// How many turns there have been.
    turns: u64,
}

impl Turns {
    /// When so many calls can be made.
    fn free_at(&mut self, calls: usize, now: Instant) -> Instant {
        while self.given.front().is_some_and(|at| *at + WINDOW <= now) {
            self.given.pop_front();
        }
        let most = self.most.unwrap_or(usize::MAX);
        match (self.given.len() + calls).checked_sub(most).filter(|over| *over > 0) {
            Some(over) => self.given[over - 1] + WINDOW,
            None => now,
        }
    }

    /// Whose turn it is next: mostly the one with the longest way to the end.
    fn next(&self) -> Option<u64> {
        match self.turns % SHARE {
            0 => self.waiting.keys().next().copied(),
            _ => self.ranked.first().map(|(_, came)| *came),
        }
    }

    /// Whose turn it is now may have to know.
    fn wake_next(&self) {
        if let Some(next) = self.next().and_then(|came| self.waiting.get(&came)) {
            next.notify_one();
        }
    }
}

/// A wait for a turn, which may be given up.
struct Waiting<'a> {
    looks: &'a Looks,
    rank: Duration,
    came: u64,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let turns = &mut *self.looks.0.borrow_mut();
        turns.waiting.remove(&self.came);
        turns.ranked.remove(&(Reverse(self.rank), self.came));
        turns.wake_next();
    }
}

impl Looks {
    /// A run of tasks with these ways to the end begins; against an endpoint that keeps its own time, nobody counts looks.
    pub(crate) fn begin(&self, ranks: impl IntoIterator<Item = (Task, Duration)>, elsewhere: bool) {
        let ranks: HashMap<Task, Duration> = ranks.into_iter().collect();
        let most = (!elsewhere).then(|| FEWEST.max(ranks.len() / TASKS));
        *self.0.borrow_mut() = Turns { most, ranks, ..Turns::default() };
    }

    /// A call was made for that task.
    pub(crate) fn made(&self, node: &Name, half: Half) {
        let turns = &mut *self.0.borrow_mut();
        if turns.most.is_none() {
            return;
        }
        let task = (half, node.clone());
        match turns.open.get_mut(&task) {
            Some(0) => turns.given.push_back(Instant::now()),
            Some(open) => *open -= 1,
            None => {}
        }
        *turns.took.entry(task).or_default() += 1;
    }

    /// Wait for a turn.
    ///
    /// # Errors
    /// `Interrupted` when it is asked to stop meanwhile.
    pub(crate) async fn turn(&self, node: &Name, half: Half, stop: &Stop) -> Result<()> {
        let task = (half, node.clone());
        let (waiting, called, calls) = {
            let turns = &mut *self.0.borrow_mut();
            let Some(most) = turns.most else { return Ok(()) };
            turns.open.remove(&task);
            let calls = turns.took.remove(&task).unwrap_or_default().clamp(1, most);
            let rank = turns.ranks.get(&task).copied().unwrap_or_default();
            turns.came += 1;
            let (came, called) = (turns.came, Rc::<Notify>::default());
            turns.waiting.insert(came, called.clone());
            turns.ranked.insert((Reverse(rank), came));
            (Waiting { looks: self, rank, came }, called, calls)
        };
        loop {
            let now = Instant::now();
            let (mine, free) = {
                let turns = &mut *self.0.borrow_mut();
                (turns.next() == Some(waiting.came), turns.free_at(calls, now))
            };
            match mine {
                true if free <= now => {
                    let turns = &mut *self.0.borrow_mut();
                    turns.given.extend(std::iter::repeat_n(now, calls));
                    turns.open.insert(task, calls);
                    turns.turns += 1;
                    return Ok(());
                }
                true => stop.pause(free - now).await?,
                false => tokio::select! {
                    biased;
                    () = called.notified() => {}
                    stopped = stop.pause(FOREVER) => stopped?,
                },
            }
        }
    }
}

/// Longer than any run.
const FOREVER: Duration = Duration::from_secs(365 * 24 * 3600);
