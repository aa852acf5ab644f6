//! Execute a plan with as much concurrency as it allows. The plan decides; this module executes.
use crate::{
    Class, Error, Result,
    event::{Event, Fault, Halt, Op, Planned},
    graph::Name,
    ledger::Ledger,
    pace::Timings,
    plan::{Key, NeededBy, Plan, circle},
    queue::Queue,
    resource::{Cx, Kinds},
    slack::Slack,
    state::Token,
    throttle::Throttle,
    wait::{FailedUpstream, Stop},
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
    sync::Notify,
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

pub use limits::Limits;
pub use summary::Summary;
use summary::{Done, Ended};

/// After a stop request, calls in flight may complete for this long; the next run finds those that do not.
const LANDING: Duration = Duration::from_millis(1_800);

type Task = (Op, Name);

/// The state and the settings of a run.
pub struct Runner<C: 'static> {
    cloud: Rc<C>,
    kinds: Kinds<C>,
    ledger: Rc<Ledger>,
    timings: Timings,
    limits: Limits,
    stop: Stop,
    failed_upstream: FailedUpstream,
    throttle: Throttle,
    slack: Slack,
    /// The number of consecutive failed calls, by node.
    failed: RefCell<HashMap<Name, u32>>,
    /// The nodes that this run knows to be ours.
    ours: RefCell<HashSet<Name>>,
    rng: RefCell<fastrand::Rng>,
    /// When the first plan began; plans for leftovers found afterwards belong to the same run.
    began: OnceCell<Instant>,
}

struct Shared<'a> {
    queue: RefCell<Queue<Key>>,
    wake: Notify,
    /// Computed on the first failure; most runs never need it.
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
        let throttle = Throttle::new(limits.calls, ledger.clone(), stop.clone());
        // Only for jitter: the same jitter for the same environment does no harm.
        let rng = RefCell::new(fastrand::Rng::with_seed(ledger.serial()));
        Self {
            cloud,
            kinds,
            ledger,
            timings,
            limits,
            stop,
            failed_upstream: FailedUpstream::default(),
            throttle,
            slack: Slack::default(),
            failed: RefCell::default(),
            ours: RefCell::default(),
            rng,
            began: OnceCell::new(),
        }
    }

    /// The ledger the runner writes to.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Run the plan. A failure never rolls back: independent branches continue, dependents are skipped with the cause.
    /// Dependents that began earlier, on outputs of the failed node, end their wait and fail with its name.
    ///
    /// # Errors
    /// When the plan's tasks form a cycle: no task was begun.
    pub async fn run(&self, plan: &Plan<C>) -> Result<Summary> {
        self.go(plan).instrument(traced::run(&self.ledger.env())).await
    }

    async fn go(&self, plan: &Plan<C>) -> Result<Summary> {
        let began = *self.began.get_or_init(Instant::now);
        let queue = Queue::new(plan.tasks.clone()).map_err(|keys| circle(&keys))?;
        let tasks = self.left_of(plan.planned());
        let nodes: BTreeSet<&Name> = tasks.iter().map(|t| &t.node).collect();
        let kept = plan.steps.len().saturating_sub(nodes.len());
        let usual: HashMap<Task, Duration> = tasks.iter().map(|t| ((t.op, t.node.clone()), t.usual)).collect();
        self.ledger.tell(&Event::Planned { tasks, kept });
        self.failed_upstream.clear();
        let ranks = queue.ranks().filter_map(|(key, rank)| match key {
            Key::Op(op, node) => Some(((*op, node.clone()), rank)),
            Key::Known(_) => None,
        });
        let ranks: Vec<(Task, Duration)> = ranks.collect();
        let itself = |task: &Task| usual.get(task).copied().unwrap_or_default();
        let emulated = self.timings.is_emulated();
        // The slack at an emulated endpoint is unknown.
        let known = ranks.iter().filter(|_| !emulated);
        self.slack.begin(known.map(|(task, rank)| (task.clone(), *rank, itself(task))));
        self.throttle.begin(ranks, emulated);
        let shared = Shared { queue: RefCell::new(queue), wake: Notify::new(), needed_by: OnceCell::new() };
        let mut summary = Summary::default();
        let why = self.drive(plan, began, &shared, &mut summary).await;
        summary.late = why == Some(Halt::Deadline);
        let Summary { done, failed, skipped, .. } = summary;
        self.ledger.tell(&Event::Ended { done, failed, skipped, took: began.elapsed() });
        Ok(summary)
    }

    /// Subtract the time that earlier runs already spent on unfinished tasks.
    fn left_of(&self, mut tasks: Vec<Planned>) -> Vec<Planned> {
        let clock = self.ledger.clock();
        for task in &mut tasks {
            let spent = self.ledger.read(&task.node, |e| e.going_on(task.op, clock)).unwrap_or_default();
            (task.usual, task.late) = (task.usual.saturating_sub(spent), task.late.saturating_sub(spent));
        }
        tasks
    }

    /// The reason for a stop before the end, if any.
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
                // The minimum duration at an emulated endpoint is unknown.
                match left.is_none_or(|left| self.timings.is_emulated() || plan.could_end(&key, left)) {
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
        // A call that does not complete by then is found again through its recorded intent.
        let _ = timeout(LANDING, landing).await;
        Some(why)
    }

    fn under_way(&self, key: &Key) {
        if let Key::Op(op, node) = key {
            self.slack.started(&(*op, node.clone()));
        }
    }

    async fn task(&self, key: Key, plan: &Plan<C>, shared: &Shared<'_>) -> Ended {
        let Key::Op(op, name) = &key else { return Ended { key, result: Ok(false) } };
        let result = self.op(*op, name, plan, shared).instrument(traced::node(name, *op)).await;
        Ended { result: result.map(|done| done.changed), key }
    }

    async fn op(&self, op: Op, name: &Name, plan: &Plan<C>, shared: &Shared<'_>) -> Result<Done> {
        let began = Instant::now();
        self.ledger.tell(&Event::Started { node: name.clone(), op });
        let passed = || {
            self.ledger.tell(&Event::Known { node: name.clone() });
            shared.queue.borrow_mut().finish(&Key::Known(name.clone()));
            shared.wake.notify_one();
        };
        let done = match (op, plan.desired.get(name)) {
            (Op::Remove, _) => self.remove(name, plan.forgotten.contains(name)).await,
            (Op::Ensure, Some(node)) => self.ensure(name, node, &passed).await,
            (Op::Ensure, None) => Err(Error::new(Class::Unknown, format!("make {name}, which nobody wants"))),
        }?;
        let (Done { changed, waited }, took) = (done, began.elapsed());
        self.ledger.tell(&Event::Finished { node: name.clone(), op, changed, took, waited });
        Ok(done)
    }

    fn settle<'a>(&self, ended: Ended, plan: &'a Plan<C>, shared: &Shared<'a>, summary: &mut Summary) {
        let Key::Op(op, node) = &ended.key else { return };
        self.slack.ended(&(*op, node.clone()));
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
                    // No call succeeds until the user signs in again, or none is allowed: save the state and end.
                    self.stop.ask();
                }
                summary.failed += 1;
                if *op == Op::Ensure {
                    self.failed_upstream.add(node, shared.needed_by.get_or_init(|| plan.needed_by()));
                }
                self.ledger.tell(&Event::Failed { node: node.clone(), op: *op, error: Fault::from(&error) });
                for lost in queue.fail(&ended.key) {
                    let Key::Op(op, lost) = lost else { continue };
                    summary.skipped += 1;
                    self.ledger.tell(&Event::Skipped { node: lost, op, because: node.clone() });
                }
            }
        }
    }

    /// The values shown to users, if every node they come from has an output.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn outputs(&self, want: &crate::Graph<C>) -> Result<BTreeMap<String, String>> {
        let known = self.ledger.known();
        want.outputs.iter().map(|o| Ok((o.name.clone(), o.read(&known)?))).collect()
    }

    fn cx(&self, name: &Name, token: Token) -> Cx<C> {
        Cx { cloud: self.cloud.clone(), env: self.ledger.env(), node: name.clone(), token }
    }
}
