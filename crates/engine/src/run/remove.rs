//! Make a node go, from wherever it is in its life, and see that it is gone.
use super::{Done, Runner, call::Work, ensure::INVISIBLE};
use crate::{
    Class, Error, Result,
    event::Half,
    graph::Name,
    resource::{Identity, LOOK_AGAIN, Observed, PhysicalId, Removal, kind_of},
    state::{Phase, Transition as T},
    wait::Wait,
};
use serde_json::Value;
use std::{ops::ControlFlow, time::Duration};
use tokio::time::Instant;

mod held;
use held::Held;

/// A provider that was asked is asked again after this long, unless it says that the thing is going.
const ASK_AGAIN: Duration = Duration::from_secs(30);

/// What asking for a removal came to.
enum Asked {
    /// It is not there, or ends by itself: nothing has to be waited for.
    Gone,
    /// It was asked to go then.
    At(Instant),
    /// Whether it is ours cannot be told, and it is going already.
    Going,
}

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
        match self.ask_to_go(work, id, invisible).await? {
            Asked::Gone => Ok(None),
            Asked::Going => self.watch_it_go(work, id, None, already).await.map(|()| None),
            Asked::At(at) => self.watch_it_go(work, id, Some(at), already).await.map(|()| Some(at.elapsed())),
        }
    }

    /// Ask until it is accepted, step by step where it takes several.
    async fn ask_to_go(&self, work: &Work<'_, C>, id: &PhysicalId, invisible: Duration) -> Result<Asked> {
        let (began, mut held, mut begun) = (Instant::now(), Held::default(), false);
        // Nothing is going yet, so there is nothing that would take its usual time.
        let asking = Wait { patience: Duration::ZERO, ..self.wait(work, Duration::ZERO) };
        asking
            .until(async || {
                // What is known only by its name could be somebody else's by now.
                if work.kind.identity() == Identity::Named && !begun && !self.finds(work).await? {
                    return self.unlike_ours(work, id, began.elapsed() < invisible).await;
                }
                Ok(match self.call(work, work.kind.delete(&work.cx, work.spec, id)).await {
                    Ok(Removal::Asked) => ControlFlow::Break(Asked::At(Instant::now())),
                    Ok(Removal::Ending) => ControlFlow::Break(Asked::Gone),
                    Ok(Removal::Partly) => {
                        begun = true;
                        ControlFlow::Continue("removing it step by step".into())
                    }
                    // That was its last step.
                    Err(e) if e.class == Class::NotFound && begun => ControlFlow::Break(Asked::At(Instant::now())),
                    Err(e) if e.class == Class::NotFound && began.elapsed() < invisible => unseen(),
                    Err(e) if e.class == Class::NotFound => match self.is_missing(work, id).await? {
                        true => ControlFlow::Break(Asked::Gone),
                        false => ControlFlow::Continue("it was not found, and is there".into()),
                    },
                    Err(e) if e.class == Class::Busy => return Err(self.explain(work, id, &mut held, e).await?),
                    Err(e) => return Err(e),
                })
            })
            .await
    }

    /// Look until it is gone. What was accepted is not asked for again, unless a look says that it does not go.
    async fn watch_it_go(
        &self,
        work: &Work<'_, C>,
        id: &PhysicalId,
        asked: Option<Instant>,
        already: Duration,
    ) -> Result<()> {
        let mut last = asked;
        self.wait(work, already)
            .until(async || {
                let seen = self.look(work, id).await?;
                let stays = !matches!(seen, Observed::Absent | Observed::Pending { .. });
                if stays && (work.kind.ends() || is_spent(work, &seen)) {
                    return Ok(ControlFlow::Break(()));
                }
                match last {
                    None if stays => return Err(not_ours(work, id)),
                    Some(at) if stays && at.elapsed() > ASK_AGAIN => {
                        match self.call(work, work.kind.delete(&work.cx, work.spec, id)).await {
                            Err(e) if e.class != Class::NotFound => return Err(e),
                            _ => last = Some(Instant::now()),
                        }
                    }
                    _ => {}
                }
                Ok(match seen {
                    Observed::Absent => ControlFlow::Break(()),
                    Observed::Pending { why, .. } | Observed::Differs { why, .. } | Observed::Broken(why) => {
                        ControlFlow::Continue(why)
                    }
                    Observed::Ready(_) => ControlFlow::Continue("still there".into()),
                })
            })
            .await
    }

    /// By its name it is not found as ours: it is not there, it is going, or it is somebody else's by now.
    async fn unlike_ours(
        &self,
        work: &Work<'_, C>,
        id: &PhysicalId,
        invisible: bool,
    ) -> Result<ControlFlow<Asked, String>> {
        Ok(match self.look(work, id).await? {
            Observed::Absent if invisible => unseen(),
            Observed::Absent => match self.is_missing(work, id).await? {
                true => ControlFlow::Break(Asked::Gone),
                false => ControlFlow::Continue("it was not found, and is there".into()),
            },
            Observed::Pending { .. } => ControlFlow::Break(Asked::Going),
            _ if work.kind.ends() => ControlFlow::Break(Asked::Gone),
            // One empty answer makes nothing somebody else's.
            _ if self.finds(work).await? => ControlFlow::Continue("it was not found, and is there".into()),
            _ => return Err(not_ours(work, id)),
        })
    }

    /// Whether it is not there, though nobody asked for it to go. One answer that says so proves nothing, and what is
    /// forgotten wrongly stays, and costs: so it is looked for twice more, by its id and by its intent; a setting is what it
    /// is of, and only looked at. What was done once is forgotten by its provider.
    async fn is_missing(&self, work: &Work<'_, C>, id: &PhysicalId) -> Result<bool> {
        if work.kind.ends() {
            return Ok(true);
        }
        if self.look(work, id).await? != Observed::Absent {
            return Ok(false);
        }
        self.stop.pause(LOOK_AGAIN).await?;
        if work.kind.identity() == Identity::Setting {
            return Ok(self.look(work, id).await? == Observed::Absent);
        }
        let found = self.call(work, work.kind.find(&work.cx, work.spec)).await?;
        Ok(found.is_none_or(|found| found != *id) && self.look(work, id).await? == Observed::Absent)
    }

    async fn look(&self, work: &Work<'_, C>, id: &PhysicalId) -> Result<Observed<Value>> {
        self.call(work, work.kind.observe(&work.cx, work.spec, id)).await
    }

    async fn finds(&self, work: &Work<'_, C>) -> Result<bool> {
        Ok(self.call(work, work.kind.find(&work.cx, work.spec)).await?.is_some())
    }
}

fn unseen<T>() -> ControlFlow<T, String> {
    ControlFlow::Continue("not visible yet".into())
}

fn is_spent<C: 'static>(work: &Work<'_, C>, seen: &Observed<Value>) -> bool {
    work.kind.spent() && matches!(seen, Observed::Broken(_))
}

fn not_ours<C: 'static>(work: &Work<'_, C>, id: &PhysicalId) -> Error {
    let what = format!("remove {}: {id} no longer carries our lineage", work.name);
    Error::new(Class::AlreadyExists, what)
        .hint("somebody else made a thing of that name; it is left alone: remove it yourself")
}
