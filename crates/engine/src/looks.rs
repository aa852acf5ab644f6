//! Turns at looking: whatever a run asks without changing anything, it asks no more often than is fair to the provider.
use crate::{Result, event::Half, graph::Name, wait::Stop};
use std::{
    cell::{Cell, RefCell},
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    rc::Rc,
    time::Duration,
};
use tokio::{sync::Notify, time::Instant};

/// Within this time so many looks are made, at most. A little more than a second, so that no second ever has more.
const WINDOW: Duration = Duration::from_millis(1_010);
/// At least so many.
const FEWEST: usize = 5;
/// One more for every so many tasks of a large plan.
const TASKS: usize = 30;
/// One of so many turns is for who waits longest, so that nobody waits for ever.
const SHARE: u64 = 3;

type Task = (Half, Name);

/// The turns of one run.
#[derive(Default)]
pub(crate) struct Looks(RefCell<Turns>);

#[derive(Default)]
struct Turns {
    /// `None` where looks may be as many as they will.
    most: Option<usize>,
    /// The longest way from each task to the end.
    ranks: HashMap<Task, Duration>,
    /// The turns of the last [`WINDOW`].
    given: VecDeque<Instant>,
    /// Who waits, in the order in which they came; and by the longest way to the end.
    waiting: BTreeMap<u64, Rc<Waiting>>,
    ranked: BTreeSet<(Reverse<Duration>, u64)>,
    came: u64,
    /// How many turns there have been.
    turns: u64,
}

struct Waiting {
    rank: Duration,
    came: u64,
    /// Whoever waits with the same word has the same turn: one look shows all of it.
    together: Option<String>,
    granted: Cell<bool>,
    told: Notify,
}

impl Turns {
    fn wait(&mut self, task: &Task, together: Option<String>) -> Rc<Waiting> {
        self.came += 1;
        let (came, rank) = (self.came, self.ranks.get(task).copied().unwrap_or_default());
        let waiting = Rc::new(Waiting { rank, came, together, granted: Cell::default(), told: Notify::new() });
        self.waiting.insert(came, waiting.clone());
        self.ranked.insert((Reverse(rank), came));
        waiting
    }

    /// When the next look may be made.
    fn free_at(&mut self, now: Instant) -> Instant {
        while self.given.front().is_some_and(|at| *at + WINDOW <= now) {
            self.given.pop_front();
        }
        let over = (self.given.len() + 1).checked_sub(self.most.unwrap_or(usize::MAX)).filter(|over| *over > 0);
        over.map_or(now, |over| self.given[over - 1] + WINDOW)
    }

    /// Whose turn it is next: mostly the one with the longest way to the end.
    fn next(&self) -> Option<u64> {
        match self.turns % SHARE {
            0 => self.waiting.keys().next().copied(),
            _ => self.ranked.first().map(|(_, came)| *came),
        }
    }

    /// It is its turn, and with it that of all who look at the same.
    fn grant(&mut self, waiting: &Waiting, now: Instant) {
        self.given.push_back(now);
        self.turns += 1;
        self.leave(waiting);
        waiting.granted.set(true);
        let Some(word) = &waiting.together else { return };
        let with = self.waiting.values().filter(|w| w.together.as_ref() == Some(word));
        for one in with.cloned().collect::<Vec<_>>() {
            self.leave(&one);
            one.granted.set(true);
            one.told.notify_one();
        }
    }

    fn leave(&mut self, waiting: &Waiting) {
        self.waiting.remove(&waiting.came);
        self.ranked.remove(&(Reverse(waiting.rank), waiting.came));
    }

    /// Whose turn it is now may have to know.
    fn wake_next(&self) {
        if let Some(next) = self.next().and_then(|came| self.waiting.get(&came)) {
            next.told.notify_one();
        }
    }
}

/// A wait for a turn, which may be given up.
struct Place<'a> {
    looks: &'a Looks,
    waiting: Rc<Waiting>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let turns = &mut *self.looks.0.borrow_mut();
        turns.leave(&self.waiting);
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

    /// Whether that task is likely to wait for its turn for more than a moment.
    pub(crate) fn lets_wait(&self, task: &Task) -> bool {
        let turns = &mut *self.0.borrow_mut();
        let Some(most) = turns.most else { return false };
        turns.free_at(Instant::now());
        let rank = turns.ranks.get(task).copied().unwrap_or_default();
        let ahead = turns.ranked.range(..(Reverse(rank), u64::MAX)).count();
        turns.given.len() + ahead >= most
    }

    /// Wait for that task's turn. Whoever waits with the same word has the same turn.
    ///
    /// # Errors
    /// `Interrupted` when it is asked to stop meanwhile.
    pub(crate) async fn turn(&self, task: &Task, together: Option<String>, stop: &Stop) -> Result<()> {
        let place = {
            let turns = &mut *self.0.borrow_mut();
            if turns.most.is_none() {
                return Ok(());
            }
            Place { looks: self, waiting: turns.wait(task, together) }
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
                    () = waiting.told.notified() => {}
                    stopped = stop.pause(FOREVER) => stopped?,
                },
            }
        }
        Ok(())
    }
}

/// Longer than any run.
const FOREVER: Duration = Duration::from_secs(365 * 24 * 3600);
