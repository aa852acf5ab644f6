//! One call at a time: its turn at the budget, its place among the calls in flight, and what it may wait for.
use super::Runner;
use crate::{
    Class, Error, Result,
    event::{Event, Half},
    graph::Name,
    looks::Looks,
    pace::Span,
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
    static HAS_TURN: Cell<bool>;
}

/// Who makes a call: the node it is made for, and a way to say how it goes.
struct Caller {
    /// The node it is made for, if it is made for one.
    node: Option<Name>,
    words: mpsc::UnboundedSender<Word>,
}

/// What whoever carries a call says of it.
enum Word {
    /// It only looks, and must wait for its turn at that, together with all who say the same word.
    Look { together: Option<String>, granted: oneshot::Sender<()> },
    /// It must wait for its turn until then; it goes on when it is told to.
    Turn { budget: String, at: Instant, granted: oneshot::Sender<()> },
    /// It waits for what another one is told, and needs no place for that.
    Rests,
    /// It was answered, or came to nothing.
    Answered { call: String, took: Duration },
}

/// The node that a provider is called for now: whoever carries the call can name it. `None` outside of every call.
pub fn called_for() -> Option<Name> {
    CALLER.try_with(|caller| caller.node.clone()).ok().flatten()
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

/// For whoever carries a call that only looks, before it is sent: wait for its turn. A run makes no more than a few looks
/// within a second, and those first on which most of its time depends. Whoever waits with the same word has the same turn,
/// so that one look can be made for all of them: [`Gathered`](crate::Gathered) does that.
pub async fn in_turn_to_look(together: Option<&str>) {
    if HAS_TURN.try_with(|has| has.replace(false)).unwrap_or(false) {
        return;
    }
    let (granted, turn) = oneshot::channel();
    let word = Word::Look { together: together.map(str::to_owned), granted };
    if CALLER.try_with(|caller| caller.words.send(word).is_ok()).unwrap_or(false) {
        turn.await.unwrap_or_default();
    }
}

/// Outside of a run: do that, with no more looks within a second than a run makes.
pub async fn looking_by_turns<T>(stop: &Stop, work: impl Future<Output = T>) -> T {
    let (looks, nobody) = (Looks::default(), (Half::Ensure, Name::from("")));
    looks.begin([], false);
    let turn = async |word| match word {
        Word::Look { together, granted } => {
            // Whoever looks sees the wish to stop by itself.
            let _ = looks.turn(&nobody, together, stop).await;
            Some(granted)
        }
        Word::Turn { at, granted, .. } => {
            wait_until(at).await;
            Some(granted)
        }
        Word::Rests | Word::Answered { .. } => None,
    };
    let (words, mut said) = mpsc::unbounded_channel();
    let mut work = pin!(CALLER.scope(Caller { node: None, words }, work));
    let mut turns = FuturesUnordered::new();
    loop {
        tokio::select! {
            biased;
            Some(word) = said.recv() => turns.push(turn(word)),
            Some(come) = turns.next() => drop(come.map(|granted| granted.send(()))),
            done = &mut work => return done,
        }
    }
}

/// From here on another call's answer is waited for: this one needs no place among the calls in flight, which that one may.
pub(crate) fn rest() {
    let _ = CALLER.try_with(|caller| caller.words.send(Word::Rests));
}

/// Make a look whose turn it is already: the first call that it makes waits for no other.
pub(crate) async fn having_turn<T>(look: impl Future<Output = T>) -> T {
    HAS_TURN.scope(Cell::new(true), look).await
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
            slack: &self.slack,
            rng: &self.rng,
            already,
            patience: if work.altered { Duration::ZERO } else { self.timings.patience(&span) },
            within: within.unwrap_or_else(|| SHORTEST_DEADLINE.max(span.most() * 4)),
        }
    }

    /// Make one call when there is a place for it. It is never cut short: a call that was sent is heard out. Only one that
    /// waits for its turn at a call budget, or to look, is not sent any more when the run stops.
    pub(super) async fn call<T>(&self, work: &Work<'_, C>, call: impl Future<Output = Result<T>>) -> Result<T> {
        let call = self.traced(work.name, call);
        let mut place = Some(self.place().await?);
        let (words, mut said) = mpsc::unbounded_channel();
        let mut call = pin!(CALLER.scope(Caller { node: Some(work.name.clone()), words }, call));
        let (mut turns, mut heard) = (FuturesUnordered::new(), false);
        let answer = loop {
            let word = tokio::select! {
                biased;
                Some(word) = said.recv() => word,
                answer = &mut call => break answer,
                Some(come) = turns.next() => {
                    let come: Option<oneshot::Sender<()>> = come?;
                    let Some(granted) = come else { continue };
                    // In the middle of a call nothing new begins, even if the run stops.
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
                Word::Answered { call, took } => {
                    self.told(work, call, took);
                    heard = true;
                }
                Word::Rests => place = None,
                wait => {
                    place = None;
                    turns.push(self.turn(work, wait, heard));
                }
            }
        };
        while let Ok(word) = said.try_recv() {
            if let Word::Answered { call, took } = word {
                self.told(work, call, took);
            }
        }
        answer
    }

    /// Wait for the turn that a call needs: how to tell it that it has come, unless it needs it no longer.
    async fn turn(&self, work: &Work<'_, C>, word: Word, heard: bool) -> Result<Option<oneshot::Sender<()>>> {
        match word {
            Word::Turn { budget, at, granted } => {
                let (node, half, pause) = (work.name.clone(), work.half, at.saturating_duration_since(Instant::now()));
                self.ledger.tell(&Event::Queued { node, half, budget, pause });
                self.stop.pause(pause).await?;
                Ok(Some(granted))
            }
            Word::Look { together, mut granted } => {
                let task = (work.half, work.name.clone());
                if self.looks.lets_wait(&task) {
                    self.ledger.tell(&Event::InLine { node: work.name.clone(), half: work.half });
                }
                tokio::select! {
                    biased;
                    () = granted.closed() => return Ok(None),
                    turn = self.looks.turn(&task, together, &self.stop) => match turn {
                        // It may have changed something already, of which we would not hear.
                        Err(_) if heard => {}
                        other => other?,
                    }
                }
                Ok(Some(granted))
            }
            Word::Rests | Word::Answered { .. } => Ok(None),
        }
    }

    fn told(&self, work: &Work<'_, C>, call: String, took: Duration) {
        self.ledger.tell(&Event::Called { node: work.name.clone(), half: work.half, call, took });
    }

    async fn place(&self) -> Result<SemaphorePermit<'_>> {
        let place = self.calls.acquire().await.map_err(|e| Error::new(Class::Unknown, "make a call").caused_by(e))?;
        if self.stop.asked() {
            return Err(Error::new(Class::Interrupted, "make another call: stopped on request"));
        }
        self.ledger.check()?;
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
            None => Err(error.settled()),
        }
    }
}

/// What it stands on was made moments ago, and the service does not see it everywhere yet.
pub(super) fn not_spread(e: Error) -> Error {
    Error { class: Class::Propagating, ..e }
}
