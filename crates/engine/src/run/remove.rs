//! Make a node go, from wherever it is in its life, and see that it is gone.
use super::{Done, Runner, call::Work, ensure::INVISIBLE};
use crate::{
    Class, Error, Result,
    event::Half,
    graph::Name,
    resource::{Identity, Observed, PhysicalId, Removal, kind_of},
    state::{Phase, Transition as T},
};
use std::{ops::ControlFlow, time::Duration};
use tokio::time::Instant;

/// A provider that was asked is asked again after this long, unless it says that the thing is going.
const ASK_AGAIN: Duration = Duration::from_secs(30);

impl<C: 'static> Runner<C> {
    /// What it came to. A setting whose owner goes too needs no call of its own, and what is the account's stays.
    pub(super) async fn remove(&self, name: &Name, forgotten: bool) -> Result<Done> {
        let Some(had) = self.ledger.entry(name) else { return Ok(Done::default()) };
        let kind = kind_of(self.kinds, &had.kind)?;
        if forgotten || kind.identity() == Identity::Shared {
            self.ledger
                .record(name, T::WillDelete { id: had.phase.id().cloned().unwrap_or(PhysicalId(String::new())) })
                .await?;
            self.ledger.record(name, T::Gone).await?;
            return Ok(Done::default());
        }
        self.may_go(name, &had, kind)?;
        let (cx, spec) = (self.cx(name, had.token.clone()), &had.spec);
        let work = Work { name, half: Half::Remove, kind, cx, spec, altered: false };
        // What was asked for and never seen may not show yet: that it is not found proves nothing.
        let unseen = matches!(had.phase, Phase::Waiting { .. }) && kind.identity() != Identity::Setting;
        let since = if unseen { self.ledger.clock().since(had.since) } else { INVISIBLE };
        let id = match &had.phase {
            Phase::Creating { refused: true, .. } => None,
            Phase::Creating { .. } => self.find_surely(&work).await?,
            phase => phase.id().cloned(),
        };
        let Some(id) = id else {
            self.ledger.record(name, T::Gone).await?;
            return Ok(Done::default());
        };
        let already = had.going_on(Half::Remove, self.ledger.clock());
        self.ledger.record(name, T::WillDelete { id: id.clone() }).await?;
        match self.see_it_go(&work, &id, INVISIBLE.saturating_sub(since), already).await {
            Ok(waited) => {
                // Of one that an earlier run asked for, it is not known how long it took.
                let waited = waited.filter(|_| already.is_zero());
                self.ledger.record(name, T::Gone).await.map(|()| Done { changed: true, waited })
            }
            Err(e) => Err(self.note(&work, e, false).await),
        }
    }

    /// Ask, and look until it is gone: how long that took from when it was asked. For so long that it is not found is not
    /// believed; for so long it has been going already.
    async fn see_it_go(
        &self,
        work: &Work<'_, C>,
        id: &PhysicalId,
        invisible: Duration,
        already: Duration,
    ) -> Result<Option<Duration>> {
        let (began, mut asked, mut first, mut going) = (Instant::now(), None::<Instant>, None::<Instant>, false);
        self.wait(work, already)
            .until(async || {
                // What is known only by its name could be somebody else's by now.
                let ours = work.kind.identity() != Identity::Named || asked.is_some() || self.finds(work).await?;
                if ours && asked.is_none_or(|at| at.elapsed() > ASK_AGAIN && !going) {
                    match self.call(work, work.kind.delete(&work.cx, work.spec, id)).await {
                        Ok(Removal::Asked) => {
                            asked = Some(Instant::now());
                            first = first.or(asked);
                        }
                        Ok(Removal::Partly) => return Ok(ControlFlow::Continue("removing it step by step".into())),
                        Err(e) if e.class == Class::NotFound && began.elapsed() < invisible => {
                            return Ok(ControlFlow::Continue("not visible yet".into()));
                        }
                        // Something of it may still be going: the look tells.
                        Err(e) if e.class == Class::NotFound && asked.is_some() => asked = Some(Instant::now()),
                        Err(e) if e.class == Class::NotFound => return Ok(ControlFlow::Break(())),
                        Err(e) => return Err(e),
                    }
                }
                let seen = self.call(work, work.kind.observe(&work.cx, work.spec, id)).await?;
                going = matches!(seen, Observed::Pending { .. });
                Ok(match seen {
                    Observed::Absent if asked.is_none() && began.elapsed() < invisible => {
                        ControlFlow::Continue("not visible yet".into())
                    }
                    Observed::Absent => ControlFlow::Break(()),
                    Observed::Ready(_) | Observed::Broken(_) if work.kind.ends() => ControlFlow::Break(()),
                    Observed::Ready(_) | Observed::Broken(_) if !ours => return Err(not_ours(work, id)),
                    Observed::Pending { why, .. } | Observed::Differs { why, .. } | Observed::Broken(why) => {
                        ControlFlow::Continue(why)
                    }
                    Observed::Ready(_) => ControlFlow::Continue("still there".into()),
                })
            })
            .await?;
        Ok(first.map(|at| at.elapsed()))
    }

    async fn finds(&self, work: &Work<'_, C>) -> Result<bool> {
        Ok(self.call(work, work.kind.find(&work.cx, work.spec)).await?.is_some())
    }
}

fn not_ours<C: 'static>(work: &Work<'_, C>, id: &PhysicalId) -> Error {
    let what = format!("remove {}: {id} no longer carries our lineage", work.name);
    Error::new(Class::AlreadyExists, what)
        .hint("somebody else made a thing of that name; it is left alone: remove it yourself")
}
