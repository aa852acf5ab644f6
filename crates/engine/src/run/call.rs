//! A single call: its wait for the budget, its permit among the calls in flight, and the waits that release the permit.
use super::Runner;
use crate::{
    Class, Error, Result,
    event::{Event, Op},
    graph::Name,
    pace::Span,
    read_limiter::ReadLimiter,
    resource::{Cx, Kind},
    wait::{Failing, Stop, Wait},
};
use futures::stream::{FuturesUnordered, StreamExt};
use serde_json::Value;
use std::{cell::Cell, ops::ControlFlow, pin::pin, time::Duration};
use tokio::{
    sync::{SemaphorePermit, mpsc, oneshot},
    time::Instant,
};

tokio::task_local! {
    static CALLER: Caller;
    static HAS_PERMIT: Cell<bool>;
}

/// The caller: the node a call is made for, and a channel for its progress.
struct Caller {
    /// The node, if the call is made for one.
    node: Option<Name>,
    words: mpsc::UnboundedSender<Word>,
}

/// A message about a call, sent by the code that makes it.
enum Word {
    /// The call is read-only, and must wait for a read permit; all calls with the same batch word share one.
    Look { together: Option<String>, granted: oneshot::Sender<()> },
    /// The call must wait for a rate-limit slot until that time; it continues when `granted` is sent.
    Turn { budget: String, at: Instant, granted: oneshot::Sender<()> },
    /// The call waits for the result of another one, and needs no permit meanwhile.
    Rests,
    /// The call returned or failed.
    Answered { call: String, reads: bool, took: Duration },
}

/// The node for which a provider is being called, for code that makes the call. `None` outside of a call.
pub fn called_for() -> Option<Name> {
    CALLER.try_with(|caller| caller.node.clone()).ok().flatten()
}

/// For code that makes a call, before it is sent: wait that long for a rate-limit slot of an API with a call budget.
/// Meanwhile the run gives the call's permit to others, and reports the wait.
pub async fn acquire(budget: String, pause: Duration) {
    let at = Instant::now() + pause;
    let (granted, turn) = oneshot::channel();
    let sent = CALLER.try_with(|caller| caller.words.send(Word::Turn { budget, at, granted }).is_ok());
    match sent {
        // A run that stops drops the call, and this future with it.
        Ok(true) => turn.await.unwrap_or_default(),
        _ => wait_until(at).await,
    }
}

/// For code that makes a read-only call, before it is sent: wait for a read permit. A run makes only a few reads per
/// second, and mostly those first on which most of its time depends. Callers that wait with the same batch word share
/// one permit, so that one read can serve all of them: see [`Batcher`](crate::Batcher).
pub async fn acquire_read(together: Option<&str>) {
    if HAS_PERMIT.try_with(|has| has.replace(false)).unwrap_or(false) {
        return;
    }
    let (granted, turn) = oneshot::channel();
    let word = Word::Look { together: together.map(str::to_owned), granted };
    if CALLER.try_with(|caller| caller.words.send(word).is_ok()).unwrap_or(false) {
        turn.await.unwrap_or_default();
    }
}

/// Outside of a run: do the work, limited to the read rate of a run.
pub async fn rate_limited<T>(stop: &Stop, work: impl Future<Output = T>) -> T {
    let (read_limiter, nobody) = (ReadLimiter::default(), (Op::Ensure, Name::from("")));
    read_limiter.begin([], false);
    let turn = async |word| match word {
        Word::Look { together, granted } => {
            // The work itself handles the stop request.
            let _ = read_limiter.turn(&nobody, together, stop).await;
            Some(granted)
        }
        Word::Turn { at, granted, .. } => {
            wait_until(at).await;
            Some(granted)
        }
        Word::Rests | Word::Answered { .. } => None,
    };
    let (words, mut messages) = mpsc::unbounded_channel();
    let mut work = pin!(CALLER.scope(Caller { node: None, words }, work));
    let mut turns = FuturesUnordered::new();
    loop {
        tokio::select! {
            biased;
            Some(word) = messages.recv() => turns.push(turn(word)),
            Some(come) = turns.next() => drop(come.map(|granted| granted.send(()))),
            done = &mut work => return done,
        }
    }
}

/// From here on the call waits for the result of another one: release its permit, which the other one may need.
pub(crate) fn rest() {
    let _ = CALLER.try_with(|caller| caller.words.send(Word::Rests));
}

/// Run a read that already has a read permit: its first call does not wait for another one.
pub(crate) async fn with_permit<T>(read: impl Future<Output = T>) -> T {
    HAS_PERMIT.scope(Cell::new(true), read).await
}

#[allow(clippy::disallowed_methods, reason = "a call outside of a run waits for its turn here")]
async fn wait_until(at: Instant) {
    tokio::time::sleep_until(at).await;
}

/// For code that makes a call: it returned or failed, after that time.
pub fn answered(call: String, reads: bool, took: Duration) {
    let _ = CALLER.try_with(|caller| caller.words.send(Word::Answered { call, reads, took }));
}

/// The shortest deadline, for kinds that never take long.
const SHORTEST_DEADLINE: Duration = Duration::from_secs(900);

/// The input of an operation on a node.
pub(super) struct Work<'a, C: 'static> {
    pub(super) name: &'a Name,
    pub(super) op: Op,
    pub(super) kind: &'static dyn Kind<C>,
    pub(super) cx: Cx<C>,
    pub(super) spec: &'a Value,
    /// It existed already and is only updated: the timing table has no durations for updates.
    pub(super) altered: bool,
}

impl<C: 'static> Runner<C> {
    fn span(&self, work: &Work<'_, C>) -> Span {
        *self.timings.of(&work.kind.timing(work.spec)).of(work.op)
    }

    /// The wait of that operation, of which the given time has already passed.
    pub(super) fn wait<'a>(&'a self, work: &'a Work<'a, C>, already: Duration) -> Wait<'a> {
        let span = self.span(work);
        let within = self.limits.timeouts.get(work.kind.name()).copied();
        Wait {
            node: work.name,
            op: work.op,
            ledger: &self.ledger,
            stop: &self.stop,
            failed_upstream: &self.failed_upstream,
            slack: &self.slack,
            rng: &self.rng,
            already,
            patience: if work.altered { Duration::ZERO } else { self.timings.patience(&span) },
            within: within.unwrap_or_else(|| SHORTEST_DEADLINE.max(span.most() * 4)),
        }
    }

    /// Make one call once a permit is free. A call that was sent is never cancelled: it is allowed to finish. Only a
    /// call that still waits for a rate-limit slot or a read permit is not sent when the run stops.
    pub(super) async fn call<T>(&self, work: &Work<'_, C>, call: impl Future<Output = Result<T>>) -> Result<T> {
        let call = self.traced(work.name, call);
        let mut place = Some(self.place().await?);
        let (words, mut messages) = mpsc::unbounded_channel();
        let mut call = pin!(CALLER.scope(Caller { node: Some(work.name.clone()), words }, call));
        let (mut turns, mut heard) = (FuturesUnordered::new(), false);
        let answer = loop {
            let word = tokio::select! {
                biased;
                Some(word) = messages.recv() => word,
                answer = &mut call => break answer,
                Some(come) = turns.next() => {
                    let come: Option<oneshot::Sender<()>> = come?;
                    let Some(granted) = come else { continue };
                    // After a stop request, a call that is already in progress continues without a new permit.
                    if place.is_none() && !(heard && self.stop.asked()) {
                        match self.place().await {
                            Err(e) if heard && e.class == Class::Taken => self.stop.ask(),
                            other => place = Some(other?),
                        }
                    }
                    let _ = granted.send(());
                    continue;
                }
            };
            match word {
                Word::Answered { call, reads, took } => {
                    self.report_call(work, call, reads, took);
                    heard = true;
                }
                Word::Rests => place = None,
                wait => {
                    place = None;
                    turns.push(self.turn(work, wait, heard));
                }
            }
        };
        while let Ok(word) = messages.try_recv() {
            if let Word::Answered { call, reads, took } = word {
                self.report_call(work, call, reads, took);
            }
        }
        answer
    }

    /// Wait for the permit that a call needs. Returns the channel that grants it, unless the call needs it no longer.
    async fn turn(&self, work: &Work<'_, C>, word: Word, heard: bool) -> Result<Option<oneshot::Sender<()>>> {
        match word {
            Word::Turn { budget, at, granted } => {
                let (node, op, pause) = (work.name.clone(), work.op, at.saturating_duration_since(Instant::now()));
                self.ledger.tell(&Event::Queued { node, op, budget, pause });
                self.stop.pause(pause).await?;
                Ok(Some(granted))
            }
            Word::Look { together, mut granted } => {
                let task = (work.op, work.name.clone());
                if self.read_limiter.lets_wait(&task) {
                    self.ledger.tell(&Event::ReadQueued { node: work.name.clone(), op: work.op });
                }
                tokio::select! {
                    biased;
                    () = granted.closed() => return Ok(None),
                    turn = self.read_limiter.turn(&task, together, &self.stop) => match turn {
                        // An earlier request may have changed something; cancelled, the call would lose its result.
                        Err(_) if heard => {}
                        other => other?,
                    }
                }
                Ok(Some(granted))
            }
            Word::Rests | Word::Answered { .. } => Ok(None),
        }
    }

    fn report_call(&self, work: &Work<'_, C>, call: String, reads: bool, took: Duration) {
        self.ledger.tell(&Event::Called { node: work.name.clone(), op: work.op, call, reads, took });
    }

    async fn place(&self) -> Result<SemaphorePermit<'_>> {
        let place = self.calls.acquire().await.map_err(|e| Error::new(Class::Unknown, "make a call").caused_by(e))?;
        if self.stop.asked() {
            return Err(Error::new(Class::Interrupted, "make another call: stopped on request"));
        }
        self.ledger.check()?;
        Ok(place)
    }

    /// Retry until the call succeeds, as the table of retries allows. For idempotent calls.
    pub(super) async fn ask<T>(&self, work: &Work<'_, C>, mut ask: impl AsyncFnMut() -> Result<T>) -> Result<T> {
        self.wait(work, Duration::ZERO)
            .until(async || {
                Ok(ControlFlow::Break(match ask().await {
                    Err(e) if e.class == Class::NotFound && work.op == Op::Ensure => return Err(not_spread(e)),
                    other => other?,
                }))
            })
            .await
    }

    /// Pause before a failed call is retried; returns the error itself if a retry is not worth it.
    pub(super) async fn pause_after(
        &self,
        work: &Work<'_, C>,
        error: Error,
        failing: &mut Option<Failing>,
    ) -> Result<()> {
        match self.wait(work, Duration::ZERO).after(&error, failing) {
            Some(pause) => self.stop.pause(pause).await,
            None => Err(error.settled()),
        }
    }
}

/// A dependency was just created, and is not yet visible throughout the service.
pub(super) fn not_spread(e: Error) -> Error {
    Error { class: Class::Propagating, ..e }
}
