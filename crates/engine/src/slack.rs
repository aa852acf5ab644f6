//! Slack: how much later each task could be done without the run ending later. What has time is looked at less often.
use crate::{event::Half, graph::Name};
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeSet, HashMap},
    time::Duration,
};
use tokio::{sync::Notify, time::Instant};

type Task = (Half, Name);

/// The slack of the tasks of one run.
///
/// The longest way from a task to the end of the run, and the moment at which the task began, say when that way will
/// have been gone; the latest of these moments, over all tasks that are under way, is when the run is expected to end.
/// What is under way may be that much later.
#[derive(Default)]
pub(crate) struct Slack {
    ways: RefCell<Ways>,
    /// When the run was expected to end when somebody was last told.
    told: Cell<Option<Instant>>,
    sooner: Notify,
}

#[derive(Default)]
struct Ways {
    /// The longest way from each task to the end, the task included; and beyond it.
    ranks: HashMap<Task, (Duration, Duration)>,
    /// When the longest way from each task that is under way will have been gone.
    under_way: HashMap<Task, Instant>,
    ends: BTreeSet<(Instant, Task)>,
}

/// A run that ends sooner than expected by less than this tells nobody.
const NOTABLE: Duration = Duration::from_secs(1);

impl Slack {
    /// A run of tasks begins, each with its longest way to the end and what it takes of that itself.
    pub(crate) fn begin(&self, tasks: impl IntoIterator<Item = (Task, Duration, Duration)>) {
        let ranks = tasks.into_iter().map(|(task, rank, itself)| (task, (rank, rank.saturating_sub(itself))));
        *self.ways.borrow_mut() = Ways { ranks: ranks.collect(), ..Ways::default() };
        self.told.set(None);
    }

    /// That task is under way from now on.
    pub(crate) fn started(&self, task: &Task) {
        let ways = &mut *self.ways.borrow_mut();
        let Some((rank, _)) = ways.ranks.get(task) else { return };
        let end = Instant::now() + *rank;
        ways.under_way.insert(task.clone(), end);
        ways.ends.insert((end, task.clone()));
        self.told.set(self.told.get().max(Some(end)));
    }

    /// That task came to its end, and what it was waited for may begin.
    pub(crate) fn ended(&self, task: &Task) {
        let ways = &mut *self.ways.borrow_mut();
        if let Some(end) = ways.under_way.remove(task) {
            ways.ends.remove(&(end, task.clone()));
        }
    }

    /// What began because others ended is under way: whoever waits may have less time now.
    pub(crate) fn settle(&self) {
        let expected = self.ways.borrow().ends.last().map(|(end, _)| *end);
        let sooner = expected.zip(self.told.get()).is_some_and(|(end, told)| end + NOTABLE < told);
        if sooner {
            self.told.set(expected);
            self.sooner.notify_waiters();
        }
    }

    /// How much later that task may be done than is expected of it.
    pub(crate) fn of(&self, task: &Task) -> Duration {
        let ways = self.ways.borrow();
        let known = ways.under_way.get(task).zip(ways.ranks.get(task)).zip(ways.ends.last());
        let Some(((its, (_, beyond)), (last, _))) = known else { return Duration::ZERO };
        // What takes longer than was expected has the way beyond it still to go.
        last.saturating_duration_since((*its).max(Instant::now() + *beyond))
    }

    /// Return when the run is expected to end sooner than it was.
    pub(crate) async fn shrinks(&self) {
        self.sooner.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::{advance, timeout};

    fn task(name: &str) -> Task {
        (Half::Ensure, Name::from(name))
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
        // What takes longer than was expected uses up its time.
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
