//! Slack: how much later each task could complete without delaying the end of the run. Tasks with slack are polled less
//! often.
use crate::{event::Op, graph::Name};
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeSet, HashMap},
    time::Duration,
};
use tokio::{sync::Notify, time::Instant};

type Task = (Op, Name);

/// The slack of the tasks of one run.
///
/// The longest path from a task to the end of the run, added to the time the task began, is when that path is expected
/// to complete. The latest of these times, over all tasks in progress, is the expected end of the run. Every task in
/// progress may take longer by the difference.
#[derive(Default)]
pub(crate) struct Slack {
    ways: RefCell<Ways>,
    /// The expected end of the run when the waiting tasks were last notified.
    last_notified: Cell<Option<Instant>>,
    sooner: Notify,
}

#[derive(Default)]
struct Ways {
    /// The longest path from each task to the end, including the task; and excluding it.
    ranks: HashMap<Task, (Duration, Duration)>,
    /// When the longest path from each task in progress is expected to complete.
    under_way: HashMap<Task, Instant>,
    ends: BTreeSet<(Instant, Task)>,
}

/// A change of the expected end by less than this is not notified.
const NOTABLE: Duration = Duration::from_secs(1);

impl Slack {
    /// Start a run of tasks, each with its longest path to the end and the task's own share of it.
    pub(crate) fn begin(&self, tasks: impl IntoIterator<Item = (Task, Duration, Duration)>) {
        let ranks = tasks.into_iter().map(|(task, rank, itself)| (task, (rank, rank.saturating_sub(itself))));
        *self.ways.borrow_mut() = Ways { ranks: ranks.collect(), ..Ways::default() };
        self.last_notified.set(None);
    }

    /// Mark the task as started.
    pub(crate) fn started(&self, task: &Task) {
        let ways = &mut *self.ways.borrow_mut();
        let Some((rank, _)) = ways.ranks.get(task) else { return };
        let end = Instant::now() + *rank;
        ways.under_way.insert(task.clone(), end);
        ways.ends.insert((end, task.clone()));
        self.last_notified.set(self.last_notified.get().max(Some(end)));
    }

    /// Mark the task as ended; its dependents may begin.
    pub(crate) fn ended(&self, task: &Task) {
        let ways = &mut *self.ways.borrow_mut();
        if let Some(end) = ways.under_way.remove(task) {
            ways.ends.remove(&(end, task.clone()));
        }
    }

    /// Called once the dependents of ended tasks have started: if the run is now expected to end sooner, notify the
    /// waiting tasks.
    pub(crate) fn settle(&self) {
        let expected = self.ways.borrow().ends.last().map(|(end, _)| *end);
        let sooner =
            expected.zip(self.last_notified.get()).is_some_and(|(end, last_notified)| end + NOTABLE < last_notified);
        if sooner {
            self.last_notified.set(expected);
            self.sooner.notify_waiters();
        }
    }

    /// How much longer than expected that task may take.
    pub(crate) fn of(&self, task: &Task) -> Duration {
        let ways = self.ways.borrow();
        let known = ways.under_way.get(task).zip(ways.ranks.get(task)).zip(ways.ends.last());
        let Some(((its, (_, beyond)), (last, _))) = known else { return Duration::ZERO };
        // A task that takes longer than expected still has the path beyond it ahead.
        last.saturating_duration_since((*its).max(Instant::now() + *beyond))
    }

    /// Return when the expected end of the run moves earlier.
    pub(crate) async fn shrinks(&self) {
        self.sooner.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::{advance, timeout};

    fn task(name: &str) -> Task {
        (Op::Ensure, Name::from(name))
    }

    const SECOND: Duration = Duration::from_secs(1);

    fn begun() -> Slack {
        let slack = Slack::default();
        let tasks = [("long", 100, 80), ("short", 10, 6), ("after", 20, 20)];
        slack.begin(tasks.map(|(name, rank, itself)| (task(name), SECOND * rank, SECOND * itself)));
        slack.started(&task("long"));
        slack.started(&task("short"));
        slack
    }

    #[tokio::test(start_paused = true)]
    async fn only_what_is_not_on_the_longest_way_has_time() {
        let slack = begun();
        assert_eq!((slack.of(&task("long")), slack.of(&task("short"))), (Duration::ZERO, SECOND * 90));
        assert_eq!(slack.of(&task("never heard of")), Duration::ZERO);
        // A task that takes longer than expected uses up its slack.
        advance(SECOND * 40).await;
        assert_eq!(slack.of(&task("short")), SECOND * 56);
        advance(SECOND * 80).await;
        assert_eq!((slack.of(&task("long")), slack.of(&task("short"))), (Duration::ZERO, Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_hears_of_a_run_that_will_end_sooner() {
        let slack = begun();
        let settle = || {
            slack.ended(&task("long"));
            slack.started(&task("after"));
            slack.settle();
        };
        let heard = async { timeout(SECOND, slack.shrinks()).await.is_ok() };
        let (heard, ()) = futures::join!(heard, async { settle() });
        assert!(heard);
        assert_eq!(slack.of(&task("short")), SECOND * 10);
    }
}
