//! Both ends of the channel between the code that makes a call and its run.
use super::read_limiter::{ReadLimiter, Task};
use crate::{
    Class, Error, Result,
    event::{Event, Op},
    graph::Name,
    ledger::Ledger,
    wait::Stop,
};
use futures::stream::{FuturesUnordered, StreamExt};
use std::{cell::Cell, pin::pin, rc::Rc, time::Duration};
use tokio::{
    sync::{Semaphore, SemaphorePermit, mpsc, oneshot},
    time::Instant,
};

tokio::task_local! {
    static CALLER: Caller;
    pub(super) static HAS_READ_PERMIT: Cell<bool>;
}

/// The caller: the node a call is made for, and a channel to its run.
pub(super) struct Caller {
    /// The node, if the call is made for one.
    node: Option<Name>,
    messages: mpsc::UnboundedSender<Message>,
}

/// Lets a call continue.
type Grant = oneshot::Sender<()>;

/// A message about a call, sent by the code that makes it.
pub(super) enum Message {
    /// The call must wait; it continues when this is sent.
    Wait(WaitFor, Grant),
    /// The call waits for the result of another one, and needs no permit meanwhile.
    Idle,
    /// A request of the call returned or failed.
    Answered { call: String, reads: bool, took: Duration },
}

/// A wait before a request is sent.
pub(super) enum WaitFor {
    /// For a read permit; all calls with the same batch name share one.
    ReadPermit { batch: Option<String> },
    /// For a rate-limit slot, which is due at that time.
    Slot { budget: String, at: Instant },
}

impl Caller {
    /// Send a message to the run. Returns whether there is one.
    pub(super) fn send(message: Message) -> bool {
        CALLER.try_with(|caller| caller.messages.send(message).is_ok()).unwrap_or(false)
    }

    /// Wait until the run grants it. Returns false, at once, outside of a run.
    async fn wait(what: WaitFor) -> bool {
        let (grant, granted) = oneshot::channel();
        let sent = Self::send(Message::Wait(what, grant));
        if sent {
            // A run that stops drops the call, and this future with it.
            granted.await.unwrap_or_default();
        }
        sent
    }
}

/// The node for which a provider is being called, for code that makes the call. `None` outside of a call.
pub fn called_for() -> Option<Name> {
    CALLER.try_with(|caller| caller.node.clone()).ok().flatten()
}

/// For code that makes a call, before it is sent: wait that long for a rate-limit slot of an API with a call budget.
/// Meanwhile the run gives the call's permit to others, and reports the wait.
pub async fn acquire(budget: String, pause: Duration) {
    let at = Instant::now() + pause;
    if !Caller::wait(WaitFor::Slot { budget, at }).await {
        pause_until(at).await;
    }
}

/// For code that makes a read-only call, before it is sent: wait for a read permit. A run makes only a few reads per
/// second, and mostly those first on which most of its time depends. Callers that wait with the same batch name share
/// one permit, so that one read can serve all of them: see [`Batcher`](crate::Batcher).
pub async fn acquire_read(batch: Option<&str>) {
    if !HAS_READ_PERMIT.try_with(|has| has.replace(false)).unwrap_or(false) {
        Caller::wait(WaitFor::ReadPermit { batch: batch.map(str::to_owned) }).await;
    }
}

/// For code that makes a call: it returned or failed, after that time.
pub fn answered(call: String, reads: bool, took: Duration) {
    Caller::send(Message::Answered { call, reads, took });
}

/// The limits on the calls of one run.
pub(crate) struct Throttle {
    permits: Semaphore,
    read_limiter: ReadLimiter,
    ledger: Rc<Ledger>,
    stop: Stop,
}

impl Throttle {
    /// At most that many calls are in flight.
    pub(crate) fn new(calls: usize, ledger: Rc<Ledger>, stop: Stop) -> Self {
        Self { permits: Semaphore::new(calls.max(1)), read_limiter: ReadLimiter::default(), ledger, stop }
    }

    /// Start a run of tasks with these paths to the end. Reads at an emulated endpoint are not limited.
    pub(crate) fn begin(&self, ranks: impl IntoIterator<Item = (Task, Duration)>, emulated: bool) {
        self.read_limiter.begin(ranks, emulated);
    }

    /// Make one call once a permit is free. A call that was sent is never cancelled: it is allowed to finish. Only a
    /// call that still waits for a rate-limit slot or a read permit is not sent when the run stops.
    pub(crate) async fn call<T>(&self, op: Op, node: &Name, call: impl Future<Output = Result<T>>) -> Result<T> {
        let task = (op, node.clone());
        let mut permit = Some(self.permit().await?);
        let (sender, mut messages) = mpsc::unbounded_channel();
        let mut call = pin!(CALLER.scope(Caller { node: Some(node.clone()), messages: sender }, call));
        let (mut waits, mut answered) = (FuturesUnordered::new(), false);
        let report = |call, reads, took| self.ledger.tell(&Event::Called { node: node.clone(), op, call, reads, took });
        let result = loop {
            tokio::select! {
                biased;
                Some(message) = messages.recv() => match message {
                    Message::Answered { call, reads, took } => {
                        report(call, reads, took);
                        answered = true;
                    }
                    Message::Idle => permit = None,
                    Message::Wait(what, grant) => {
                        permit = None;
                        waits.push(self.wait(&task, what, grant, answered));
                    }
                },
                result = &mut call => break result,
                Some(granted) = waits.next() => {
                    let Some(grant) = granted? else { continue };
                    // After a stop request, a call that is already in progress continues without a new permit.
                    if permit.is_none() && !(answered && self.stop.asked()) {
                        match self.permit().await {
                            Err(e) if answered && e.class == Class::Taken => self.stop.ask(),
                            other => permit = Some(other?),
                        }
                    }
                    let _ = grant.send(());
                }
            }
        };
        while let Ok(message) = messages.try_recv() {
            if let Message::Answered { call, reads, took } = message {
                report(call, reads, took);
            }
        }
        result
    }

    /// Wait as the call asks to. Returns the sender that lets it continue, unless it waits no longer.
    async fn wait(&self, task: &Task, what: WaitFor, mut grant: Grant, answered: bool) -> Result<Option<Grant>> {
        let (op, node) = (task.0, task.1.clone());
        match what {
            WaitFor::Slot { budget, at } => {
                let pause = at.saturating_duration_since(Instant::now());
                self.ledger.tell(&Event::Queued { node, op, budget, pause });
                self.stop.pause(pause).await?;
            }
            WaitFor::ReadPermit { batch } => {
                if self.read_limiter.would_wait(task) {
                    self.ledger.tell(&Event::ReadQueued { node, op });
                }
                tokio::select! {
                    biased;
                    () = grant.closed() => return Ok(None),
                    acquired = self.read_limiter.acquire(task, batch, &self.stop) => match acquired {
                        // An earlier request may have changed something; cancelled, the call would lose its result.
                        Err(_) if answered => {}
                        other => other?,
                    }
                }
            }
        }
        Ok(Some(grant))
    }

    async fn permit(&self) -> Result<SemaphorePermit<'_>> {
        let permit =
            self.permits.acquire().await.map_err(|e| Error::new(Class::Unknown, "make a call").caused_by(e))?;
        if self.stop.asked() {
            return Err(Error::new(Class::Interrupted, "make another call: stopped on request"));
        }
        self.ledger.check()?;
        Ok(permit)
    }
}

/// Outside of a run: do the work, limited to the read rate of a run.
pub async fn rate_limited<T>(stop: &Stop, work: impl Future<Output = T>) -> T {
    let (read_limiter, nobody) = (ReadLimiter::default(), (Op::Ensure, Name::from("")));
    read_limiter.begin([], false);
    let wait = async |what, grant: Grant| {
        match what {
            WaitFor::Slot { at, .. } => pause_until(at).await,
            // The work itself handles the stop request.
            WaitFor::ReadPermit { batch } => drop(read_limiter.acquire(&nobody, batch, stop).await),
        }
        grant
    };
    let (sender, mut messages) = mpsc::unbounded_channel();
    let mut work = pin!(CALLER.scope(Caller { node: None, messages: sender }, work));
    let mut waits = FuturesUnordered::new();
    loop {
        tokio::select! {
            biased;
            Some(message) = messages.recv() => if let Message::Wait(what, grant) = message {
                waits.push(wait(what, grant));
            },
            Some(grant) = waits.next() => drop(grant.send(())),
            done = &mut work => return done,
        }
    }
}

/// Pause outside of a run, whatever it is asked to do.
async fn pause_until(at: Instant) {
    let _ = Stop::default().pause(at.saturating_duration_since(Instant::now())).await;
}
