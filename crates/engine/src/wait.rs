//! The only loop that waits. Kinds read or call once; this module decides when to poll or retry.
use crate::{
    Class, Error, Result, Retry,
    event::{Event, Fault, Halt, Op},
    graph::Name,
    ledger::Ledger,
    plan::NeededBy,
    slack::Slack,
    youth,
};
use std::{cell::RefCell, collections::HashMap, ops::ControlFlow, rc::Rc, time::Duration};
use tokio::{
    sync::{Notify, watch},
    time::{Instant, sleep},
};

/// The shortest pause between two polls.
const DENSE: Duration = Duration::from_millis(250);
/// The longest pause between two polls of a task that the end of the run depends on: 1/200 of the time waited so far,
/// but within these limits.
const STEADY: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(3)];
const RELATIVE: u32 = 200;
/// The number of polls within the slack of a task, so that the poll that sees its end leaves most of the slack.
const WITHIN_SLACK: u32 = 8;
/// The longest pause between two polls, however much slack a task has.
const LONGEST: Duration = Duration::from_secs(30);

/// A stop request, shared by the signal handlers and the waiting tasks.
#[derive(Clone)]
pub struct Stop(watch::Sender<Option<Halt>>);

impl Default for Stop {
    fn default() -> Self {
        Self(watch::Sender::new(None))
    }
}

impl Stop {
    /// Request a stop.
    pub fn ask(&self) {
        self.ask_for(Halt::Asked);
    }

    /// Request a stop for that reason. The first reason counts.
    pub fn ask_for(&self, why: Halt) {
        self.0.send_if_modified(|asked| asked.is_none() && asked.replace(why).is_none());
    }

    /// Whether a stop was requested.
    pub fn asked(&self) -> bool {
        self.why().is_some()
    }

    /// The reason for the stop request; `None` without one.
    pub fn why(&self) -> Option<Halt> {
        *self.0.borrow()
    }

    /// Return when a stop is requested.
    pub async fn wait(&self) {
        // The sender lives as long as `self`, so this cannot fail.
        let _ = self.0.subscribe().wait_for(Option::is_some).await;
    }

    /// Do the work; a stop request drops it where it is. Only for work that changes nothing.
    ///
    /// # Errors
    /// Those of the work; `Interrupted`, at once, on a stop request.
    pub async fn unless_asked<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        tokio::select! {
            biased;
            () = self.wait() => Err(Error::new(Class::Interrupted, "wait any longer: stopped on request")),
            done = work => done,
        }
    }

    /// Pause, unless a stop is requested.
    ///
    /// # Errors
    /// `Interrupted`, at once, on a stop request.
    #[allow(clippy::disallowed_methods, reason = "the only place that sleeps for the work")]
    pub async fn pause(&self, pause: Duration) -> Result<()> {
        let slept = async {
            sleep(pause).await;
            Ok(())
        };
        self.unless_asked(slept).await
    }
}

/// The nodes whose upstream failed in this run, each with the failed node; only another run tries that again.
///
/// However much fails, every node is marked at most once, and only the tasks of marked nodes are woken.
#[derive(Default)]
pub(crate) struct FailedUpstream {
    failed: RefCell<HashMap<Name, Name>>,
    waiting: RefCell<HashMap<Name, Rc<Notify>>>,
}

impl FailedUpstream {
    /// Mark all nodes that depend on that node. The first failure is the one to report: later ones follow from it.
    pub(crate) fn add(&self, node: &Name, needed_by: &NeededBy<'_>) {
        let (mut failed, waiting) = (self.failed.borrow_mut(), self.waiting.borrow());
        let mut front = vec![node];
        while let Some(on) = front.pop() {
            for user in needed_by.get(on).into_iter().flatten() {
                // A node that is already marked has all its dependents marked too.
                if failed.contains_key(*user) {
                    continue;
                }
                failed.insert((*user).clone(), node.clone());
                if let Some(waiting) = waiting.get(*user) {
                    waiting.notify_one();
                }
                front.push(user);
            }
        }
    }

    /// Clear the marks: a new run tries everything again.
    pub(crate) fn clear(&self) {
        self.failed.borrow_mut().clear();
        self.waiting.borrow_mut().clear();
    }

    /// Return when an upstream of that node has failed, with the failed node.
    async fn wait(&self, node: &Name) -> Name {
        loop {
            if let Some(failed) = self.failed.borrow().get(node) {
                return failed.clone();
            }
            let notify = self.waiting.borrow_mut().entry(node.clone()).or_default().clone();
            notify.notified().await;
        }
    }
}

/// A pause before a call.
enum Pause {
    /// A fixed pause.
    Fixed(Duration),
    /// Before the next poll, after waiting that long; `jitter`, between 0 and 1, keeps polls apart.
    ToRead { waited: Duration, jitter: f64 },
}

/// A wait of one node.
pub(crate) struct Wait<'a> {
    pub(crate) node: &'a Name,
    pub(crate) op: Op,
    pub(crate) ledger: &'a Ledger,
    pub(crate) stop: &'a Stop,
    pub(crate) failed_upstream: &'a FailedUpstream,
    pub(crate) slack: &'a Slack,
    pub(crate) rng: &'a RefCell<fastrand::Rng>,
    /// How long the operation was in progress already, in earlier runs.
    pub(crate) already: Duration,
    /// The time before which a second poll is not worthwhile.
    pub(crate) patience: Duration,
    /// Give up after this long.
    pub(crate) within: Duration,
}

impl Wait<'_> {
    /// Poll until `Break`, retrying as the table of retries allows, until the deadline or until an upstream of the node
    /// has failed. A failure ends only a pause: a poll in flight is allowed to finish.
    pub(crate) async fn until<T>(&self, mut read: impl AsyncFnMut() -> Result<ControlFlow<T, String>>) -> Result<T> {
        let began = Instant::now();
        let (mut status, mut failing, mut refused) = (String::new(), None::<Failing>, None::<Error>);
        loop {
            let pause = match read().await {
                Ok(ControlFlow::Break(found)) => return Ok(found),
                Ok(ControlFlow::Continue(why)) => {
                    (failing, refused) = (None, None);
                    if why != status {
                        let (node, op) = (self.node.clone(), self.op);
                        self.ledger.tell(&Event::Waiting { node, op, why: why.clone() });
                        status.clone_from(&why);
                    }
                    Pause::ToRead { waited: self.already + began.elapsed(), jitter: self.rng.borrow_mut().f64() }
                }
                Err(error) => match self.after(&error, &mut failing) {
                    Some(pause) => {
                        // A lost response does not replace an earlier error about the resource itself.
                        if refused.as_ref().is_none_or(|last| error.class.refuses() || !last.class.refuses()) {
                            refused = Some(error);
                        }
                        Pause::Fixed(pause)
                    }
                    None => return Err(error.settled()),
                },
            };
            if began.elapsed() + self.length(&pause) > self.within {
                return Err(self.too_late(&status, refused));
            }
            tokio::select! {
                biased;
                failed = self.failed_upstream.wait(self.node), if self.op == Op::Ensure => return Err(self.lost(&failed)),
                paused = self.pause(pause) => paused?,
            }
        }
    }

    fn length(&self, pause: &Pause) -> Duration {
        match pause {
            Pause::Fixed(pause) => *pause,
            Pause::ToRead { waited, jitter } => self.next_read(*waited, *jitter),
        }
    }

    /// Pause. A pause that is long because of slack ends early when the slack shrinks.
    async fn pause(&self, pause: Pause) -> Result<()> {
        let began = Instant::now();
        loop {
            let left = self.length(&pause).saturating_sub(began.elapsed());
            tokio::select! {
                biased;
                paused = self.stop.pause(left) => return paused,
                () = self.slack.shrinks() => {}
            }
        }
    }

    /// No poll until completion is likely; then dense polls for short waits, a poll every few seconds for long ones,
    /// and fewer polls for tasks with slack.
    fn next_read(&self, waited: Duration, jitter: f64) -> Duration {
        // Rather a poll too early than one too late.
        let until = self.patience.saturating_sub(waited).mul_f64(0.98 + 0.02 * jitter);
        let slack = self.slack.of(&(self.op, self.node.clone()));
        let most = (waited / RELATIVE).clamp(STEADY[0], STEADY[1]).max((slack / WITHIN_SLACK).min(LONGEST));
        (waited / 2).clamp(DENSE, most).mul_f64(0.9 + 0.2 * jitter).max(until)
    }

    /// The pause before the next retry; `None` if a retry is not worth it.
    pub(crate) fn after(&self, error: &Error, failing: &mut Option<Failing>) -> Option<Duration> {
        let retry = error.class.retry()?;
        let run = failing.take().filter(|f| f.class == error.class);
        let run = run.unwrap_or(Failing { class: error.class, since: Instant::now(), pause: retry.first });
        let left = self.left(error, &retry, run.since.elapsed());
        if left.is_some_and(|left| left.is_zero()) {
            return None;
        }
        let pause = run.pause.mul_f64(0.75 + 0.5 * self.rng.borrow_mut().f64());
        *failing = Some(Failing { pause: (run.pause * 2).min(retry.most), ..run });
        let (node, op) = (self.node.clone(), self.op);
        self.ledger.tell(&Event::Retrying { node, op, error: Fault::from(error), pause, left });
        Some(pause)
    }

    /// For how much longer a retry is worthwhile, `since` being the time since the first such error; `None` leaves it
    /// to the deadline.
    fn left(&self, error: &Error, retry: &Retry, since: Duration) -> Option<Duration> {
        let lasts = error.patience.map(|seconds| Duration::from_secs(seconds.into()));
        let patience = |usual: Duration| lasts.unwrap_or(usual).saturating_sub(since);
        match (error.class, error.otherwise) {
            (Class::Propagating, otherwise) => {
                let young = youth::left(self.ledger, self.node);
                Some(match otherwise {
                    // The error may also be permanent.
                    Some(_) => young.min(patience(youth::YOUNG)),
                    None => young.max(patience(retry.within.unwrap_or_default())),
                })
            }
            _ => lasts.or(retry.within).map(patience),
        }
    }

    /// The error for a node that may have begun on outputs of an upstream that failed later, and so can never complete.
    fn lost(&self, failed: &Name) -> Error {
        Error::new(Class::Invalid, format!("see {} done: what it depends on failed: {failed}", self.node))
            .hint("see why that failed, and run the same command again: it continues from here")
    }

    /// The error at the deadline: with the last status message, or the last refusal.
    fn too_late(&self, text: &str, refused: Option<Error>) -> Error {
        let what = format!("see {} done within {} s", self.node, self.within.as_secs());
        let again = "run the same command again to go on waiting, or raise --timeout for this kind";
        match refused {
            None => Error::new(Class::TimedOut, format!("{what}: {text}")).hint(again),
            Some(refused) => Error {
                call: refused.call.clone(),
                code: refused.code.clone(),
                request_id: refused.request_id.clone(),
                hint: refused.hint.clone().or_else(|| Some(again.into())),
                ..Error::new(Class::TimedOut, format!("{what}: {}", refused.message))
            }
            .caused_by(refused),
        }
    }
}

/// Consecutive failures of one class.
pub(crate) struct Failing {
    class: Class,
    since: Instant,
    pause: Duration,
}
