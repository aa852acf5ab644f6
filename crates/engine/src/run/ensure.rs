//! Bring a node to its desired state, from any phase of its lifecycle.
use super::{
    Done, Runner,
    call::{Work, not_spread},
};
use crate::{
    Class, Error, Result,
    event::{Fault, Op},
    graph::{Name, Node},
    resource::{Change, Identity, PhysicalId},
    state::{Entry, Phase, Token, Transition as T},
    wait::Failing,
    youth::YOUNG,
};
use serde_json::Value;
use std::time::Duration;
use tokio::time::Instant;

/// The node was changed; no duration is learned from it.
const CHANGED: Done = Done { changed: true, waited: None };

/// How many empty reads, at which interval, it takes to accept that a resource found only by its tags does not exist.
const EMPTY_READS: u32 = 5;
const BETWEEN_READS: Duration = Duration::from_secs(15);
/// A newly created resource may be invisible for this long.
pub(super) const INVISIBLE: Duration = YOUNG;

impl<C: 'static> Runner<C> {
    /// Bring the node to its desired state. `passed` is called when its outputs are available.
    pub(super) async fn ensure(&self, name: &Name, node: &Node<C>, passed: &dyn Fn()) -> Result<Done> {
        let spec = node.spec(&self.ledger.outputs(&node.edges))?;
        match self.ledger.entry(name) {
            None => self.begin(name, node, &spec, passed).await,
            Some(Entry { phase: Phase::Creating { refused: true, .. }, .. }) => {
                self.begin(name, node, &spec, passed).await
            }
            Some(had @ Entry { phase: Phase::Creating { .. }, .. }) => {
                self.resolve(name, node, had, &spec, passed).await
            }
            Some(had) => self.reconcile(name, node, had, &spec, passed).await,
        }
    }

    /// Record the intent, create the resource, and wait until it is ready.
    async fn begin(&self, name: &Name, node: &Node<C>, spec: &Value, passed: &dyn Fn()) -> Result<Done> {
        self.stands_on_ours(name, node).await?;
        let (kind, edges) = (node.kind.name().into(), node.edges.clone());
        self.ledger.record(name, T::WillCreate { kind, spec: spec.clone(), edges }).await?;
        let work = self.work(name, node, spec)?;
        let id = self.make(&work, false).await?;
        self.ledger.record(name, T::Created { id }).await?;
        self.is_known(name);
        let began = Instant::now();
        self.settle_in(&work, passed).await.map(|()| Done { changed: true, waited: Some(began.elapsed()) })
    }

    /// An earlier run recorded the intent to create it, and got no response: find out the result.
    async fn resolve(&self, name: &Name, node: &Node<C>, had: Entry, spec: &Value, passed: &dyn Fn()) -> Result<Done> {
        self.stands_on_ours(name, node).await?;
        let work = self.work(name, node, &had.spec)?;
        let same = node.kind.change(spec, &had.spec)? == Change::None;
        if same {
            let id = self.make(&work, true).await?;
            self.ledger.record(name, T::Created { id }).await?;
            self.is_known(name);
            return self.settle_in(&work, passed).await.map(|()| CHANGED);
        }
        match self.find_surely(&work).await? {
            None => self.begin(name, node, spec, passed).await,
            Some(id) => {
                self.ledger.record(name, T::Created { id }).await?;
                let had = self.had(name, Entry::clone)?;
                self.reconcile(name, node, had, spec, passed).await
            }
        }
    }

    /// It exists: update it, replace it, or only wait for it.
    async fn reconcile(
        &self,
        name: &Name,
        node: &Node<C>,
        had: Entry,
        spec: &Value,
        passed: &dyn Fn(),
    ) -> Result<Done> {
        let hopeless = had.is_hopeless(node.kind.data_loss());
        let change = if hopeless { Change::Replace } else { node.kind.change(spec, &had.spec)? };
        let was_ready = matches!(had.phase, Phase::Ready { .. });
        let untouched = change == Change::None && was_ready && had.trouble.is_none();
        // For a replacement, the removal checks the owner.
        if !untouched && change != Change::Replace {
            self.is_ours(&self.work(name, node, &had.spec)?, &had).await?;
        }
        match change {
            Change::None if was_ready => {
                if had.edges != node.edges {
                    self.ledger.record(name, T::Rewired { edges: node.edges.clone() }).await?;
                }
                if had.trouble.is_none() {
                    return Ok(Done::default());
                }
            }
            Change::None if matches!(had.phase, Phase::Waiting { .. }) => {}
            Change::None => self.alter(name, node, &had.spec).await?,
            Change::Update => {
                let edges = node.edges.clone();
                self.ledger.record(name, T::WillUpdate { spec: spec.clone(), edges }).await?;
                self.alter(name, node, spec).await?;
            }
            Change::Replace if self.ledger.is_held(name) => {
                return Err(Error::new(
                    Class::Invalid,
                    format!("replace {name}: what depends on it must be removed first"),
                )
                .hint("run `up` again: its plan will know"));
            }
            Change::Replace => {
                self.remove(name, false).await?;
                return self.begin(name, node, spec, passed).await;
            }
        }
        let altered = change == Change::Update || matches!(had.phase, Phase::Updating { .. });
        let had = self.had(name, Entry::clone)?;
        let work = Work { altered, ..self.work(name, node, &had.spec)? };
        let done = if change == Change::None && was_ready { Done::default() } else { CHANGED };
        self.settle_in(&work, passed).await.map(|()| done)
    }

    /// Request the update, which is idempotent.
    async fn alter(&self, name: &Name, node: &Node<C>, spec: &Value) -> Result<()> {
        let id = self
            .had(name, |e| e.phase.id().cloned())?
            .ok_or_else(|| Error::new(Class::Unknown, format!("change {name}: it has no id")))?;
        let work = self.work(name, node, spec)?;
        let asked = self.ask(&work, async || self.call(&work, work.kind.update(&work.cx, spec, &id)).await).await;
        if let Err(e) = asked {
            return Err(self.note(&work, e, false).await);
        }
        self.ledger.record(name, T::Updated).await
    }

    /// Create the resource, with as many calls as its identity allows, and return its id.
    async fn make(&self, work: &Work<'_, C>, resumed: bool) -> Result<PhysicalId> {
        let (mut unclear, mut failing) = (resumed, None::<Failing>);
        let (mut look_first, mut heard) = (resumed, !resumed);
        let (began, within) = (Instant::now(), self.wait(work, Duration::ZERO).within);
        loop {
            if look_first && let Some(id) = self.find_again(work).await? {
                return Ok(id);
            }
            look_first = false;
            let error = match self.call(work, work.kind.create(&work.cx, work.spec)).await {
                Ok(id) => return Ok(id),
                Err(e) if e.class == Class::AlreadyExists => return self.whose(work, e, unclear, heard).await,
                Err(e) if e.class == Class::NotFound => not_spread(e),
                Err(e) => e,
            };
            heard &= error.class.is_definite();
            if error.class == Class::Unclear {
                unclear = true;
                look_first = work.kind.identity() == Identity::Tagged;
            }
            let definite = error.class.is_definite();
            let paused = match began.elapsed() < within {
                true => self.pause_after(work, error, &mut failing).await,
                false => Err(error.settled()),
            };
            if let Err(e) = paused {
                return Err(match definite && !unclear && e.class != Class::Interrupted {
                    true => self.refuse(work, e).await,
                    false => self.note(work, e, false).await,
                });
            }
        }
    }

    /// A resource with its name exists: ours, from a lost response, or another owner's.
    ///
    /// If every response was received, and none of them reported success, it is not ours: one read is enough.
    async fn whose(&self, work: &Work<'_, C>, exists: Error, unclear: bool, heard: bool) -> Result<PhysicalId> {
        let found = if heard { self.find(work).await? } else { self.find_surely(work).await? };
        if let Some(id) = found {
            return Ok(id);
        }
        let e = exists.hint(
            "it does not carry this environment's lineage, so vidpipe will neither take it over nor delete it: \
             remove it yourself, or choose another suffix",
        );
        Err(if unclear { self.note(work, e, false).await } else { self.refuse(work, e).await })
    }

    async fn refuse(&self, work: &Work<'_, C>, e: Error) -> Error {
        match self.ledger.record(work.name, T::Refused { why: Fault::from(&e) }).await {
            Ok(()) => e,
            Err(worse) => worse,
        }
    }

    /// Record the error in the state, so that `status` can report it later.
    pub(super) async fn note(&self, work: &Work<'_, C>, e: Error, broken: bool) -> Error {
        // These errors are not about the node.
        if matches!(e.class, Class::Interrupted | Class::Store | Class::Taken | Class::Expired) {
            return e;
        }
        match self.ledger.record(work.name, T::Failed { why: Fault::from(&e), broken }).await {
            Ok(()) => e,
            Err(worse) => worse,
        }
    }

    async fn find_again(&self, work: &Work<'_, C>) -> Result<Option<PhysicalId>> {
        match work.kind.identity() {
            Identity::Tagged => self.find_surely(work).await,
            _ => self.find(work).await,
        }
    }

    pub(super) async fn find(&self, work: &Work<'_, C>) -> Result<Option<PhysicalId>> {
        self.ask(work, async || self.call(work, work.kind.find(&work.cx, work.spec)).await).await
    }

    /// Accept "not found" only after several empty reads over a minute: a single empty result proves nothing.
    pub(super) async fn find_surely(&self, work: &Work<'_, C>) -> Result<Option<PhysicalId>> {
        for read in 1..=EMPTY_READS {
            if let Some(id) = self.find(work).await? {
                return Ok(Some(id));
            }
            if read < EMPTY_READS {
                self.stop.pause(BETWEEN_READS).await?;
            }
        }
        Ok(None)
    }

    /// Read a value from the entry of a recorded node.
    pub(super) fn had<T>(&self, name: &Name, read: impl FnOnce(&Entry) -> T) -> Result<T> {
        self.ledger.read(name, read).ok_or_else(|| Error::new(Class::Unknown, format!("find {name} in the state")))
    }

    fn work<'a>(&self, name: &'a Name, node: &Node<C>, spec: &'a Value) -> Result<Work<'a, C>> {
        let token: Token = self.had(name, |e| e.token.clone())?;
        Ok(Work { name, op: Op::Ensure, kind: node.kind, cx: self.cx(name, token), spec, altered: false })
    }
}
