//! Ownership checks, made before a resource is changed or removed, and before another resource is created on it: a
//! name, id or ARN in the state may belong to another owner by now.
use super::{Runner, call::Work};
use crate::{
    Class, Error, Result,
    event::{Event, Op},
    graph::{Name, Node},
    owner::Owned,
    resource::{Identity, PhysicalId, kind_of},
    state::{Entry, Transition as T},
    youth::YOUNG,
};
use std::{ops::ControlFlow, time::Duration};
use tokio::time::Instant;

/// For how long the result "ours" stays valid: a deletion may be retried, and refused, for minutes.
const LASTS: Duration = Duration::from_secs(60);

/// When the resource was last known to be ours, while its deletion is requested.
#[derive(Default)]
pub(super) struct Known(Option<Instant>);

impl Known {
    /// One of several steps of its removal is done: it still exists, and so is still ours.
    pub(super) fn begun(&mut self) {
        self.0 = Some(Instant::now());
    }
}

impl<C: 'static> Runner<C> {
    /// The owner of the resource, unless it was checked a moment ago.
    pub(super) async fn owned(&self, work: &Work<'_, C>, id: &PhysicalId, known: &mut Known) -> Result<Owned> {
        if known.0.is_some_and(|at| at.elapsed() < LASTS) {
            return Ok(Owned::Ours);
        }
        let owned = self.call(work, work.kind.owned(&work.cx, work.spec, id)).await?;
        if owned == Owned::Ours {
            known.0 = Some(Instant::now());
        }
        Ok(owned)
    }

    /// Skip further owner checks of the node in this run: it was just created, or was found to be ours.
    pub(super) fn is_known(&self, name: &Name) {
        self.ours.borrow_mut().insert(name.clone());
    }

    /// Check that the recorded resource of that node is ours, before it is changed or waited for. A missing resource is
    /// left for later steps to detect.
    ///
    /// # Errors
    /// When it belongs to another owner: then ours is deleted, and recorded as such. When its owner cannot be
    /// determined.
    pub(super) async fn is_ours(&self, work: &Work<'_, C>, had: &Entry) -> Result<()> {
        let Some(id) = had.phase.id() else { return Ok(()) };
        match self.asked_for(work, had, id).await {
            Ok(Owned::Theirs(lineage)) => {
                let gone = self.theirs(work, id, &lineage);
                self.ledger.record(work.name, T::Theirs).await?;
                Err(gone)
            }
            Ok(_) => {
                self.is_known(work.name);
                Ok(())
            }
            Err(e) => Err(self.note(work, e, false).await),
        }
    }

    /// Check that the upstreams a node stands on (its `holds` edges) are ours, before its resource is created. Each of
    /// them is checked once per run.
    ///
    /// # Errors
    /// When one of them is not.
    pub(super) async fn stands_on_ours(&self, name: &Name, node: &Node<C>) -> Result<()> {
        for edge in node.edges.iter().filter(|e| e.holds && !self.ours.borrow().contains(&e.on)) {
            let Some(had) = self.ledger.entry(&edge.on) else { continue };
            let (kind, Some(id)) = (kind_of(self.kinds, &had.kind)?, had.phase.id()) else { continue };
            if kind.identity() == Identity::Shared || kind.is_one_shot() {
                continue;
            }
            let cx = self.cx(&edge.on, had.token.clone());
            let work = Work { name, op: Op::Ensure, kind, cx, spec: &had.spec, altered: false };
            if let Owned::Theirs(lineage) = self.asked_for(&work, &had, id).await? {
                let what = format!("make {name}: it would be put on {}, and {}", edge.on, self.another(id, &lineage));
                let hint = format!("run `up --refresh`, which sees that {} is gone", edge.on);
                return Err(Error::new(Class::AlreadyExists, what).hint(hint));
            }
            self.is_known(&edge.on);
        }
        Ok(())
    }

    /// Check the owner until the result is definite. The tags of a young resource may not be visible yet.
    async fn asked_for(&self, work: &Work<'_, C>, had: &Entry, id: &PhysicalId) -> Result<Owned> {
        let (began, young) = (Instant::now(), self.young(had));
        self.wait(work, Duration::ZERO)
            .until(async || match self.owned(work, id, &mut Known::default()).await? {
                Owned::Unmarked if began.elapsed() < young => Ok(ControlFlow::Continue(UNMARKED_YET.into())),
                Owned::Unmarked => Err(unmarked(work, id, &self.ledger.env().lineage)),
                owned => Ok(ControlFlow::Break(owned)),
            })
            .await
    }

    /// For how much longer its tags may not be visible.
    pub(super) fn young(&self, had: &Entry) -> Duration {
        YOUNG.saturating_sub(self.ledger.clock().since(had.since))
    }

    /// Report that ours is deleted and that another resource has its name or id; returned as an error, for callers that
    /// need ours.
    pub(super) fn theirs(&self, work: &Work<'_, C>, id: &PhysicalId, lineage: &str) -> Error {
        let (node, op, ours) = (work.name.clone(), work.op, self.ledger.env().lineage.clone());
        self.ledger.tell(&Event::Theirs { node, op, id: id.0.clone(), ours, theirs: lineage.into() });
        let what = format!("find {} as ours: it is gone, and {}", work.name, self.another(id, lineage));
        Error::new(Class::AlreadyExists, what).hint(
            "vidpipe leaves it alone: let its owner remove it, or choose another suffix; then `up` recreates ours",
        )
    }

    fn another(&self, id: &PhysicalId, lineage: &str) -> String {
        format!("there is another `{id}`, of lineage {lineage} and not of {}", self.ledger.env().lineage)
    }
}

/// The status message while the tags of a young resource are not visible.
pub(super) const UNMARKED_YET: &str = "its tags do not show yet";

/// The error for a resource without a lineage tag. It may belong to another owner, or be ours with its tags removed:
/// dropping it from the state could leave a resource that costs money, and removing it could remove one that is not
/// ours. So vidpipe does neither, and the user must decide.
pub(super) fn unmarked<C: 'static>(work: &Work<'_, C>, id: &PhysicalId, lineage: &str) -> Error {
    let what = format!("know whose {} is: {id} carries no tag `vidpipe:lineage`", work.name);
    Error::new(Class::AlreadyExists, what).hint(format!(
        "it is left alone: if it is this environment's, give it (or what it is a part of) the tag vidpipe:lineage={lineage}; if it is \
         not, give it that tag with another value, or remove it; then run the same command again"
    ))
}
