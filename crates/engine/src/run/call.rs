//! One call at a time: its turn at the budget, its place among the calls in flight, and what it may wait for.
use super::Runner;
use crate::{
    Class, Error, Result,
    event::{Event, Half},
    graph::Name,
    pace::Span,
    resource::{Cx, Kind},
    wait::{Failing, Wait},
};
use serde_json::Value;
use std::{ops::ControlFlow, pin::pin, time::Duration};
use tokio::{
    sync::{SemaphorePermit, mpsc, oneshot},
    time::Instant,
};

tokio::task_local! {
    static CALLER: Caller;
}

/// Who makes a call: the node it is made for, and a way to say how it goes.
struct Caller {
    node: Name,
    words: mpsc::UnboundedSender<Word>,
}

/// What whoever carries a call says of it.
enum Word {
    /// It must wait for its turn until then; it goes on when it is told to.
    Turn { budget: String, at: Instant, granted: oneshot::Sender<()> },
    /// It was answered, or came to nothing.
    Answered { call: String, took: Duration },
}

/// The node that a provider is called for now: whoever carries the call can name it. `None` outside of every call.
pub fn called_for() -> Option<Name> {
    CALLER.try_with(|caller| caller.node.clone()).ok()
}

/// For whoever carries a call, before it is sent: wait so long for its turn at an API with a call budget. Meanwhile the run
/// gives the call's place to others, and says what is waited for.
pub async fn in_turn(budget: String, pause: Duration) {
    let at = Instant::now() + pause;
    let (granted, turn) = oneshot::channel();
    let told = CALLER.try_with(|caller| caller.words.send(Word::Turn { budget, at, granted }).is_ok());
    match told {
        // A run that stops drops the call, and this with it.
        Ok(true) => turn.await.unwrap_or_default(),
        _ => wait_until(at).await,
    }
}

#[allow(clippy::disallowed_methods, reason = "a call outside of a run waits for its turn here")]
async fn wait_until(at: Instant) {
    tokio::time::sleep_until(at).await;
}

/// For whoever carries a call: it was answered, or came to nothing, after so long.
pub fn answered(call: String, took: Duration) {
    let _ = CALLER.try_with(|caller| caller.words.send(Word::Answered { call, took }));
}

/// A deadline nobody should meet: for kinds that never take long.
const SHORTEST_DEADLINE: Duration = Duration::from_secs(900);

/// What a half of a node's life works on.
pub(super) struct Work<'a, C: 'static> {
    pub(super) name: &'a Name,
    pub(super) half: Half,
    pub(super) kind: &'static dyn Kind<C>,
    pub(super) cx: Cx<C>,
    pub(super) spec: &'a Value,
    /// It was there already and is only changed: how long that takes is in no table.
    pub(super) altered: bool,
}

impl<C: 'static> Runner<C> {
    fn span(&self, work: &Work<'_, C>) -> Span {
        *self.timings.of(&work.kind.timing(work.spec)).of(work.half)
    }

    /// The wait of that work, of which so much has passed already.
    pub(super) fn wait<'a>(&'a self, work: &'a Work<'a, C>, already: Duration) -> Wait<'a> {
        let span = self.span(work);
        let within = self.limits.timeouts.get(work.kind.name()).copied();
        Wait {
            node: work.name,
            half: work.half,
            ledger: &self.ledger,
            stop: &self.stop,
            in_vain: &self.in_vain,
            looks: &self.looks,
            rng: &self.rng,
            already,
            patience: if work.altered { Duration::ZERO } else { self.timings.patience(&span) },
            within: within.unwrap_or_else(|| SHORTEST_DEADLINE.max(span.most() * 4)),
        }
    }

    /// Make one call when there is a place for it. It is never cut short: a call that was sent is heard out. Only one that
    /// waits for its turn at a call budget is not sent any more when the run stops.
    pub(super) async fn call<T>(&self, work: &Work<'_, C>, call: impl Future<Output = Result<T>>) -> Result<T> {
        let mut place = Some(self.place().await?);
        let (words, mut said) = mpsc::unbounded_channel();
        let mut call = pin!(CALLER.scope(Caller { node: work.name.clone(), words }, call));
        let answer = loop {
            let word = tokio::select! {
                biased;
                Some(word) = said.recv() => word,
                answer = &mut call => break answer,
            };
            let Some((budget, at, granted)) = self.heard(work, word) else { continue };
            drop(place.take());
            let (node, half, pause) = (work.name.clone(), work.half, at.saturating_duration_since(Instant::now()));
            self.ledger.tell(&Event::Queued { node, half, budget, pause });
            self.stop.pause(pause).await?;
            place = Some(self.place().await?);
            let _ = granted.send(());
        };
        while let Ok(word) = said.try_recv() {
            self.heard(work, word);
        }
        answer
    }

    /// What is said of a call is told to whoever watches; that it waits for its turn is handed on.
    fn heard(&self, work: &Work<'_, C>, word: Word) -> Option<(String, Instant, oneshot::Sender<()>)> {
        match word {
            Word::Turn { budget, at, granted } => Some((budget, at, granted)),
            Word::Answered { call, took } => {
                self.looks.made(work.name, work.half);
                self.ledger.tell(&Event::Called { node: work.name.clone(), half: work.half, call, took });
                None
            }
        }
    }

    async fn place(&self) -> Result<SemaphorePermit<'_>> {
        let place = self.calls.acquire().await.map_err(|e| Error::new(Class::Unknown, "make a call").caused_by(e))?;
        if self.stop.asked() {
            return Err(Error::new(Class::Interrupted, "make another call: stopped on request"));
        }
        Ok(place)
    }

    /// Ask until there is an answer, as the table of retries allows. For calls that may be asked twice.
    pub(super) async fn ask<T>(&self, work: &Work<'_, C>, mut ask: impl AsyncFnMut() -> Result<T>) -> Result<T> {
        self.wait(work, Duration::ZERO)
            .until(async || {
                Ok(ControlFlow::Break(match ask().await {
                    Err(e) if e.class == Class::NotFound && work.half == Half::Ensure => return Err(not_spread(e)),
                    other => other?,
                }))
            })
            .await
    }

    /// The pause before a failed call is made again; the error itself, if it is not worth it.
    pub(super) async fn pause_after(
        &self,
        work: &Work<'_, C>,
        error: Error,
        failing: &mut Option<Failing>,
    ) -> Result<()> {
        match self.wait(work, Duration::ZERO).after(&error, failing) {
            Some(pause) => self.stop.pause(pause).await,
            None => Err(error),
        }
    }
}

/// What it stands on was made moments ago, and the service does not see it everywhere yet.
pub(super) fn not_spread(e: Error) -> Error {
    Error { class: Class::Propagating, ..e }
}
