//! Whose a thing is, asked before anything of it is changed or removed, and before anything is put on it: a name, an id or an
//! ARN in the state may be somebody else's by now.
use super::{Runner, call::Work};
use crate::{
    Class, Error, Result,
    event::{Event, Half},
    graph::{Name, Node},
    owner::Owned,
    resource::{Identity, PhysicalId, kind_of},
    state::{Entry, Transition as T},
    youth::YOUNG,
};
use std::{ops::ControlFlow, time::Duration};
use tokio::time::Instant;

/// What was ours so long ago is ours still: asked again and again, it may be refused for minutes.
const LASTS: Duration = Duration::from_secs(60);

/// What is known of whose a thing is, while it is asked to go.
#[derive(Default)]
pub(super) struct Known(Option<Instant>);

impl Known {
    /// One of several steps of its removal is done: it has not gone yet, and so is what it was.
    pub(super) fn begun(&mut self) {
        self.0 = Some(Instant::now());
    }
}

impl<C: 'static> Runner<C> {
    /// Whose it is, unless that was asked a moment ago.
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

    /// From here on nobody asks in this run whose it is: it has just been made, or seen to be ours.
    pub(super) fn is_known(&self, name: &Name) {
        self.ours.borrow_mut().insert(name.clone());
    }

    /// See that what is recorded of that node is ours, before anything of it is changed, or it is waited for. What is not
    /// there any more is for others to find.
    ///
    /// # Errors
    /// When it is somebody else's: then ours is gone, and recorded as such. When nobody can say whose it is.
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

    /// See that what holds a thing of that node is ours, before the thing is made: once in a run for each of them.
    ///
    /// # Errors
    /// When one of them is not.
    pub(super) async fn stands_on_ours(&self, name: &Name, node: &Node<C>) -> Result<()> {
        for edge in node.edges.iter().filter(|e| e.holds && !self.ours.borrow().contains(&e.on)) {
            let Some(had) = self.ledger.entry(&edge.on) else { continue };
            let (kind, Some(id)) = (kind_of(self.kinds, &had.kind)?, had.phase.id()) else { continue };
            if kind.identity() == Identity::Shared || kind.ends() {
                continue;
            }
            let cx = self.cx(&edge.on, had.token.clone());
            let work = Work { name, half: Half::Ensure, kind, cx, spec: &had.spec, altered: false };
            if let Owned::Theirs(lineage) = self.asked_for(&work, &had, id).await? {
                let what = format!("make {name}: it would be put on {}, and {}", edge.on, self.another(id, &lineage));
                let hint = format!("run `up --refresh`, which sees that {} is gone", edge.on);
                return Err(Error::new(Class::AlreadyExists, what).hint(hint));
            }
            self.is_known(&edge.on);
        }
        Ok(())
    }

    /// Ask whose it is until that is said. Of what is young the tags may not show yet.
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

    /// For how long its tags may not show.
    pub(super) fn young(&self, had: &Entry) -> Duration {
        YOUNG.saturating_sub(self.ledger.clock().since(had.since))
    }

    /// Say that ours is gone and another one is where it was: as an error, for whoever needs ours.
    pub(super) fn theirs(&self, work: &Work<'_, C>, id: &PhysicalId, lineage: &str) -> Error {
        let (node, half, ours) = (work.name.clone(), work.half, self.ledger.env().lineage.clone());
        self.ledger.tell(&Event::Theirs { node, half, id: id.0.clone(), ours, theirs: lineage.into() });
        let what = format!("find {} as ours: it is gone, and {}", work.name, self.another(id, lineage));
        Error::new(Class::AlreadyExists, what).hint(
            "vidpipe leaves it alone: let its owner remove it, or choose another suffix; then `up` makes ours anew",
        )
    }

    fn another(&self, id: &PhysicalId, lineage: &str) -> String {
        format!("there is another `{id}`, of lineage {lineage} and not of {}", self.ledger.env().lineage)
    }
}

/// What is said while the tags of a young thing do not show.
pub(super) const UNMARKED_YET: &str = "its tags do not show yet";

/// Without a lineage it may be somebody else's, or ours whose tags were taken off: to forget it could leave behind what costs,
/// and to remove it could remove what is not ours. So it is neither, and somebody has to say.
pub(super) fn unmarked<C: 'static>(work: &Work<'_, C>, id: &PhysicalId, lineage: &str) -> Error {
    let what = format!("know whose {} is: {id} carries no tag `vidpipe:lineage`", work.name);
    Error::new(Class::AlreadyExists, what).hint(format!(
        "it is left alone: if it is this environment's, give it (or what it is a part of) the tag vidpipe:lineage={lineage}; if it is \
         not, give it that tag with another value, or remove it; then run the same command again"
    ))
}
