//! Turns at looking again: all tasks that wait ask the provider, together, no more often than is fair to it.
use crate::{Result, event::Half, graph::Name, wait::Stop};
use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap, VecDeque},
    rc::Rc,
    time::Duration,
};
use tokio::{sync::Notify, time::Instant};

/// Within this time so many calls are made to look again, at most.
const WINDOW: Duration = Duration::from_secs(1);
/// At least so many.
const FEWEST: usize = 5;
/// One more for every so many tasks of a large plan.
const TASKS: usize = 24;
/// Who has the longest way to the end comes before those who came so long before it, and others less so: nobody waits for
/// ever.
const AHEAD: Duration = Duration::from_secs(2);

/// Who comes first: by a time, and of the same time the one that came first.
type Place = (Instant, u64);
type Task = (Half, Name);

/// The turns of one run. A task's first look needs none.
#[derive(Default)]
pub(crate) struct Looks(RefCell<Turns>);

#[derive(Default)]
struct Turns {
    /// `None` where looks may be as many as they will.
    most: Option<usize>,
    /// How far behind the one with the longest way to the end a task comes.
    behind: HashMap<Task, Duration>,
    /// When calls were made, or may be, that look again; of the last [`WINDOW`].
    given: VecDeque<Instant>,
    /// How many calls a task's last look took; as many are given to its next.
    took: HashMap<Task, usize>,
    /// How many calls of those given to a task are still to be made. Only those in whose turn it is.
    open: HashMap<Task, usize>,
    waiting: BTreeMap<Place, Rc<Notify>>,
    came: u64,
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

    /// Whoever is first now may have to know.
    fn wake_first(&self) {
        if let Some((_, first)) = self.waiting.first_key_value() {
            first.notify_one();
        }
    }
}

/// A wait for a turn, which may be given up.
struct Waiting<'a> {
    looks: &'a Looks,
    place: Place,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let turns = &mut *self.looks.0.borrow_mut();
        turns.waiting.remove(&self.place);
        turns.wake_first();
    }
}

impl Looks {
    /// A run of tasks with these ways to the end begins; against an endpoint that keeps its own time, nobody counts looks.
    pub(crate) fn begin(&self, ranks: impl IntoIterator<Item = (Task, Duration)>, elsewhere: bool) {
        let ranks: Vec<(Task, Duration)> = ranks.into_iter().collect();
        let longest = ranks.iter().map(|(_, rank)| rank.as_secs_f64()).fold(1.0, f64::max);
        let most = (!elsewhere).then(|| FEWEST.max(ranks.len() / TASKS));
        let behind = |rank: Duration| AHEAD.mul_f64(1.0 - rank.as_secs_f64() / longest);
        let behind = ranks.into_iter().map(|(task, rank)| (task, behind(rank))).collect();
        *self.0.borrow_mut() = Turns { most, behind, ..Turns::default() };
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
        let (place, called, calls) = {
            let turns = &mut *self.0.borrow_mut();
            let Some(most) = turns.most else { return Ok(()) };
            turns.open.remove(&task);
            let calls = turns.took.remove(&task).unwrap_or_default().clamp(1, most);
            turns.came += 1;
            let behind = turns.behind.get(&task).copied().unwrap_or(AHEAD);
            let (place, called) = ((Instant::now() + behind, turns.came), Rc::<Notify>::default());
            turns.waiting.insert(place, called.clone());
            (place, called, calls)
        };
        let _waiting = Waiting { looks: self, place };
        loop {
            let now = Instant::now();
            let (first, free) = {
                let turns = &mut *self.0.borrow_mut();
                let first = turns.waiting.first_key_value().is_some_and(|(first, _)| *first == place);
                (first, turns.free_at(calls, now))
            };
            match first {
                true if free <= now => {
                    let turns = &mut *self.0.borrow_mut();
                    turns.given.extend(std::iter::repeat_n(now, calls));
                    turns.open.insert(task, calls);
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
