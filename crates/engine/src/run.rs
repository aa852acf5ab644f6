//! Do what the plan says, as wide as it allows. The plan decides; this executes.
use crate::{
    Class, Error, Result,
    event::{Event, Fault, Half, Halt, Planned},
    graph::Name,
    ledger::Ledger,
    looks::Looks,
    pace::Timings,
    plan::{Key, NeededBy, Plan, circle},
    queue::Queue,
    resource::{Cx, Kinds},
    slack::Slack,
    state::Token,
    wait::{InVain, Stop},
};
use futures::stream::{FuturesUnordered, StreamExt};
use std::{
    cell::{OnceCell, RefCell},
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    future::pending,
    pin::pin,
    rc::Rc,
    time::Duration,
};
use tokio::{
    sync::{Notify, Semaphore},
    time::{Instant, timeout},
};
use tracing::Instrument;

mod call;
mod clear;
mod ensure;
mod kept;
mod limits;
mod owner;
mod remove;
mod settle;
mod streak;
mod summary;
mod traced;

pub use call::{answered, called_for, in_turn, in_turn_to_look, looking_by_turns};
pub(crate) use call::{having_turn, rest};
pub use limits::Limits;
pub use summary::Summary;
use summary::{Done, Ended};

/// After a wish to stop, calls in flight may land for this long; what does not is found again by the next run.
const LANDING: Duration = Duration::from_millis(1_800);

type Task = (Half, Name);

/// Everything a run needs.
pub struct Runner<C: 'static> {
    cloud: Rc<C>,
    kinds: Kinds<C>,
    ledger: Rc<Ledger>,
    timings: Timings,
    limits: Limits,
    stop: Stop,
    in_vain: InVain,
    looks: Looks,
    slack: Slack,
    calls: Semaphore,
    /// How often in a row calls for a node failed.
    failed: RefCell<HashMap<Name, u32>>,
    /// The nodes of which it is known in this run that they are ours.
    ours: RefCell<HashSet<Name>>,
    rng: RefCell<fastrand::Rng>,
    /// When its first plan was begun with: what was found afterwards is part of the same.
    began: OnceCell<Instant>,
}

struct Shared<'a> {
    queue: RefCell<Queue<Key>>,
    wake: Notify,
    /// Looked up when something fails; most runs never ask.
    needed_by: OnceCell<NeededBy<'a>>,
}

impl<C: 'static> Runner<C> {
    /// A runner on that provider, writing to that ledger.
    pub fn new(
        cloud: Rc<C>,
        kinds: Kinds<C>,
        ledger: Rc<Ledger>,
        timings: Timings,
        limits: Limits,
        stop: Stop,
    ) -> Self {
        let calls = Semaphore::new(limits.calls.max(1));
        // Jitter only: the same environment may as well have the same jitter every time.
        let rng = RefCell::new(fastrand::Rng::with_seed(ledger.serial()));
        Self {
            cloud,
            kinds,
            ledger,
            timings,
            limits,
            stop,
            in_vain: InVain::default(),
            looks: Looks::default(),
            slack: Slack::default(),
            calls,
            failed: RefCell::default(),
            ours: RefCell::default(),
            rng,
            began: OnceCell::new(),
        }
    }

    /// The ledger it writes to.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Do the plan. A failure never unwinds: independent branches go on, dependents are skipped with the cause. Those that
    /// began before it, on values of what failed, end their wait and fail naming it.
    ///
    /// # Errors
    /// When the plan's tasks wait for each other in a circle: nothing was begun.
    pub async fn run(&self, plan: &Plan<C>) -> Result<Summary> {
        self.go(plan).instrument(traced::run(&self.ledger.env())).await
    }

    async fn go(&self, plan: &Plan<C>) -> Result<Summary> {
        let began = *self.began.get_or_init(Instant::now);
        let queue = Queue::new(plan.tasks.clone()).map_err(|keys| circle(&keys))?;
        let tasks = self.left_of(plan.planned());
        let nodes: BTreeSet<&Name> = tasks.iter().map(|t| &t.node).collect();
        let kept = plan.steps.len().saturating_sub(nodes.len());
        let usual: HashMap<Task, Duration> = tasks.iter().map(|t| ((t.half, t.node.clone()), t.usual)).collect();
        self.ledger.tell(&Event::Planned { tasks, kept });
        self.in_vain.clear();
        let ranks = queue.ranks().filter_map(|(key, rank)| match key {
            Key::Half(half, node) => Some(((*half, node.clone()), rank)),
            Key::Known(_) => None,
        });
        let ranks: Vec<(Task, Duration)> = ranks.collect();
        let itself = |task: &Task| usual.get(task).copied().unwrap_or_default();
        let elsewhere = self.timings.is_elsewhere();
        // Of an endpoint that keeps its own time it is not known what has time.
        let known = ranks.iter().filter(|_| !elsewhere);
        self.slack.begin(known.map(|(task, rank)| (task.clone(), *rank, itself(task))));
        self.looks.begin(ranks, elsewhere);
        let shared = Shared { queue: RefCell::new(queue), wake: Notify::new(), needed_by: OnceCell::new() };
        let mut summary = Summary::default();
        let why = self.drive(plan, began, &shared, &mut summary).await;
        summary.late = why == Some(Halt::Deadline);
        let Summary { done, failed, skipped, .. } = summary;
        self.ledger.tell(&Event::Ended { done, failed, skipped, took: began.elapsed() });
        Ok(summary)
    }

    /// What is left of what an earlier run began takes less long.
    fn left_of(&self, mut tasks: Vec<Planned>) -> Vec<Planned> {
        let clock = self.ledger.clock();
        for task in &mut tasks {
            let spent = self.ledger.read(&task.node, |e| e.going_on(task.half, clock)).unwrap_or_default();
            (task.usual, task.late) = (task.usual.saturating_sub(spent), task.late.saturating_sub(spent));
        }
        tasks
    }

    /// Why it stopped before its end, if it did.
    async fn drive<'a>(
        &self,
        plan: &'a Plan<C>,
        began: Instant,
        shared: &Shared<'a>,
        summary: &mut Summary,
    ) -> Option<Halt> {
        let last = self.limits.deadline.map(|d| began + d.saturating_sub(LANDING * 2));
        let mut running = FuturesUnordered::new();
        let mut held_back = false;
        let mut near = pin!(async {
            match last {
                Some(last) => self.stop.pause(last.saturating_duration_since(Instant::now())).await.is_ok(),
                None => pending().await,
            }
        });
        let why = loop {
            while let Some(key) = { shared.queue.borrow_mut().pop() } {
                let left = last.map(|last| last.saturating_duration_since(Instant::now()));
                // Of an endpoint that keeps its own time it is not known how long it takes at least.
                match left.is_none_or(|left| self.timings.is_elsewhere() || plan.could_end(&key, left)) {
                    true => {
                        self.under_way(&key);
                        running.push(self.task(key, plan, shared));
                    }
                    false => held_back = true,
                }
            }
            self.slack.settle();
            tokio::select! {
                biased;
                () = self.stop.wait() => break self.stop.why().unwrap_or_default(),
                _ = &mut near => break Halt::Deadline,
                ended = running.next() => match ended {
                    Some(ended) => self.settle(ended, plan, shared, summary),
                    None if held_back => break Halt::Deadline,
                    None => return None,
                },
                () = shared.wake.notified() => {}
            }
        };
        self.ledger.tell(&Event::Stopping { why });
        self.stop.ask_for(why);
        summary.stopped = true;
        let landing = async {
            while let Some(ended) = running.next().await {
                self.settle(ended, plan, shared, summary);
            }
        };
        // What has not landed by then is found again by its durable intent.
        let _ = timeout(LANDING, landing).await;
        Some(why)
    }

    fn under_way(&self, key: &Key) {
        if let Key::Half(half, node) = key {
            self.slack.started(&(*half, node.clone()));
        }
    }

    async fn task(&self, key: Key, plan: &Plan<C>, shared: &Shared<'_>) -> Ended {
        let Key::Half(half, name) = &key else { return Ended { key, result: Ok(false) } };
        let result = self.half(*half, name, plan, shared).instrument(traced::node(name, *half)).await;
        Ended { result: result.map(|done| done.changed), key }
    }

    async fn half(&self, half: Half, name: &Name, plan: &Plan<C>, shared: &Shared<'_>) -> Result<Done> {
        let began = Instant::now();
        self.ledger.tell(&Event::Started { node: name.clone(), half });
        let passed = || {
            self.ledger.tell(&Event::Known { node: name.clone() });
            shared.queue.borrow_mut().finish(&Key::Known(name.clone()));
            shared.wake.notify_one();
        };
        let done = match (half, plan.wanted.get(name)) {
            (Half::Remove, _) => self.remove(name, plan.forgotten.contains(name)).await,
            (Half::Ensure, Some(node)) => self.ensure(name, node, &passed).await,
            (Half::Ensure, None) => Err(Error::new(Class::Unknown, format!("make {name}, which nobody wants"))),
        }?;
        let (Done { changed, waited }, took) = (done, began.elapsed());
        self.ledger.tell(&Event::Finished { node: name.clone(), half, changed, took, waited });
        Ok(done)
    }

    fn settle<'a>(&self, ended: Ended, plan: &'a Plan<C>, shared: &Shared<'a>, summary: &mut Summary) {
        let Key::Half(half, node) = &ended.key else { return };
        self.slack.ended(&(*half, node.clone()));
        let mut queue = shared.queue.borrow_mut();
        match ended.result {
            Ok(changed) => {
                summary.done += 1;
                summary.changed += usize::from(changed);
                queue.finish(&ended.key);
            }
            Err(e) if e.class == Class::Interrupted => summary.stopped = true,
            Err(error) => {
                if matches!(error.class, Class::Expired | Class::Taken) {
                    // No call will be heard until somebody signs in again, or none may be made: keep what there is, and end.
                    self.stop.ask();
                }
                summary.failed += 1;
                if *half == Half::Ensure {
                    self.in_vain.add(node, shared.needed_by.get_or_init(|| plan.needed_by()));
                }
                self.ledger.tell(&Event::Failed { node: node.clone(), half: *half, error: Fault::from(&error) });
                for lost in queue.fail(&ended.key) {
                    let Key::Half(half, lost) = lost else { continue };
                    summary.skipped += 1;
                    self.ledger.tell(&Event::Skipped { node: lost, half, because: node.clone() });
                }
            }
        }
    }

    /// The values shown to users, if all they come from is there.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn shown(&self, want: &crate::Graph<C>) -> Result<BTreeMap<String, String>> {
        let known = self.ledger.known();
        want.outputs.iter().map(|o| Ok((o.name.clone(), o.read(&known)?))).collect()
    }

    fn cx(&self, name: &Name, token: Token) -> Cx<C> {
        Cx { cloud: self.cloud.clone(), env: self.ledger.env(), node: name.clone(), token }
    }
}
