//! Remove a node, from any phase of its lifecycle, and verify that it is deleted.
use super::{
    Done, Runner,
    call::Work,
    ensure::INVISIBLE,
    owner::{Known, UNMARKED_YET, unmarked},
};
use crate::{
    Class, Result,
    event::Op,
    graph::Name,
    owner::Owned,
    resource::{BEFORE_RECHECK, Identity, Observed, PhysicalId, Removal, kind_of},
    state::{Phase, Transition as T},
    wait::Wait,
};
use serde_json::Value;
use std::{ops::ControlFlow, time::Duration};
use tokio::time::Instant;

mod held;
use held::Held;

/// The delete call is repeated after this long, unless the provider reports that the deletion is in progress.
const ASK_AGAIN: Duration = Duration::from_secs(30);

/// For how long a young resource may be invisible, and for how long its tags may be.
#[derive(Clone, Copy)]
struct Youth {
    unseen: Duration,
    unmarked: Duration,
}

/// The result of a removal.
enum Went {
    /// It is deleted, that long after the deletion was requested, if it was.
    Gone(Option<Duration>),
    /// Ours is deleted, and a resource of the given lineage has its name or id.
    Theirs(String),
}

/// The result of a deletion request.
enum Asked {
    /// It does not exist, or ends by itself: no wait is needed.
    Gone,
    /// The deletion was requested at that time.
    At(Instant),
    /// The owner cannot be determined, and the deletion is in progress already.
    Going,
    /// It belongs to the given lineage.
    Theirs(String),
}

impl<C: 'static> Runner<C> {
    /// Remove the node. A setting whose owner is removed too needs no call, and a resource of the account stays.
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
        let work = Work { name, op: Op::Remove, kind, cx, spec, altered: false };
        // A resource that was created but never observed may not be visible yet: "not found" proves nothing.
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
        let already = had.going_on(Op::Remove, self.ledger.clock());
        self.ledger.record(name, T::WillDelete { id: id.clone() }).await?;
        let youth = Youth { unseen: INVISIBLE.saturating_sub(since), unmarked: self.young(&had) };
        match self.see_it_go(&work, &id, youth, already).await {
            Ok(Went::Theirs(lineage)) => {
                drop(self.theirs(&work, &id, &lineage));
                self.ledger.record(name, T::Theirs).await.map(|()| Done::default())
            }
            Ok(Went::Gone(waited)) => {
                // If an earlier run requested the deletion, its duration is unknown.
                let waited = waited.filter(|_| already.is_zero());
                self.ledger.record(name, T::Gone).await.map(|()| Done { changed: true, waited })
            }
            Err(e) => Err(self.note(&work, e, false).await),
        }
    }

    /// Request the deletion, and poll until it completes; returns how long that took. `youth` is how long "not found"
    /// is not accepted; `already` is how long the deletion has been in progress.
    async fn see_it_go(&self, work: &Work<'_, C>, id: &PhysicalId, youth: Youth, already: Duration) -> Result<Went> {
        let asked = match self.ask_to_go(work, id, youth).await? {
            Asked::Gone => return Ok(Went::Gone(None)),
            Asked::Theirs(lineage) => return Ok(Went::Theirs(lineage)),
            Asked::Going => None,
            Asked::At(at) => Some(at),
        };
        let theirs = self.watch_it_go(work, id, asked, already).await?;
        Ok(theirs.map_or_else(|| Went::Gone(asked.map(|at| at.elapsed())), Went::Theirs))
    }

    /// Request the deletion until it is accepted, step by step where it takes several.
    async fn ask_to_go(&self, work: &Work<'_, C>, id: &PhysicalId, youth: Youth) -> Result<Asked> {
        let (began, mut held, mut begun) = (Instant::now(), Held::default(), false);
        let mut known = Known::default();
        // No deletion is in progress yet, so its usual duration does not apply.
        let asking = Wait { patience: Duration::ZERO, ..self.wait(work, Duration::ZERO) };
        asking
            .until(async || {
                match self.owned(work, id, &mut known).await? {
                    Owned::Ours => {}
                    Owned::Theirs(lineage) => return Ok(ControlFlow::Break(Asked::Theirs(lineage))),
                    // The previous call was the last step.
                    Owned::Absent if begun => return Ok(ControlFlow::Break(Asked::At(Instant::now()))),
                    Owned::Absent => return self.absent(work, id, began.elapsed() < youth.unseen).await,
                    Owned::Unmarked if began.elapsed() < youth.unmarked => {
                        return Ok(ControlFlow::Continue(UNMARKED_YET.into()));
                    }
                    Owned::Unmarked => return Err(unmarked(work, id, &work.cx.env.lineage)),
                }
                Ok(match self.call(work, work.kind.delete(&work.cx, work.spec, id)).await {
                    Ok(Removal::Asked) => ControlFlow::Break(Asked::At(Instant::now())),
                    Ok(Removal::Ending) => ControlFlow::Break(Asked::Gone),
                    Ok(Removal::Partly) => {
                        begun = true;
                        known.begun();
                        ControlFlow::Continue("removing it step by step".into())
                    }
                    // The previous call was the last step.
                    Err(e) if e.class == Class::NotFound && begun => ControlFlow::Break(Asked::At(Instant::now())),
                    Err(e) if e.class == Class::NotFound && began.elapsed() < youth.unseen => unseen(),
                    Err(e) if e.class == Class::NotFound => match self.is_missing(work, id).await? {
                        true => ControlFlow::Break(Asked::Gone),
                        false => ControlFlow::Continue("it was not found, but exists".into()),
                    },
                    Err(e) if e.class == Class::Busy => return Err(self.explain(work, id, &mut held, e).await?),
                    Err(e) => return Err(e),
                })
            })
            .await
    }

    /// Poll until it is deleted, or until a resource of another lineage has its name or id; returns that lineage. An
    /// accepted deletion is not requested again, unless a read shows that it is not in progress, and the resource is
    /// ours.
    async fn watch_it_go(
        &self,
        work: &Work<'_, C>,
        id: &PhysicalId,
        asked: Option<Instant>,
        already: Duration,
    ) -> Result<Option<String>> {
        let mut last = asked;
        self.wait(work, already)
            .until(async || {
                let seen = self.read(work, id).await?;
                let stays = !matches!(seen, Observed::Absent | Observed::Pending { .. });
                if stays && (work.kind.is_one_shot() || is_spent(work, &seen)) {
                    return Ok(ControlFlow::Break(None));
                }
                match last {
                    _ if !stays => {}
                    Some(at) if at.elapsed() <= ASK_AGAIN => {}
                    _ => {
                        match self.owned(work, id, &mut Known::default()).await? {
                            Owned::Ours => {}
                            Owned::Theirs(lineage) => return Ok(ControlFlow::Break(Some(lineage))),
                            Owned::Absent => return Ok(ControlFlow::Continue("it was not found, but exists".into())),
                            Owned::Unmarked => return Err(unmarked(work, id, &work.cx.env.lineage)),
                        }
                        match self.call(work, work.kind.delete(&work.cx, work.spec, id)).await {
                            Err(e) if e.class != Class::NotFound => return Err(e),
                            _ => last = Some(Instant::now()),
                        }
                    }
                }
                Ok(match seen {
                    Observed::Absent => ControlFlow::Break(None),
                    Observed::Pending { why, .. } | Observed::Differs { why, .. } | Observed::Broken(why) => {
                        ControlFlow::Continue(why)
                    }
                    Observed::Ready(_) => ControlFlow::Continue("still there".into()),
                })
            })
            .await
    }

    /// The owner check found nothing: the resource does not exist, or is being deleted.
    async fn absent(&self, work: &Work<'_, C>, id: &PhysicalId, invisible: bool) -> Result<ControlFlow<Asked, String>> {
        Ok(match self.read(work, id).await? {
            Observed::Absent if invisible => unseen(),
            Observed::Absent => match self.is_missing(work, id).await? {
                true => ControlFlow::Break(Asked::Gone),
                false => ControlFlow::Continue("it was not found, but exists".into()),
            },
            Observed::Pending { .. } => ControlFlow::Break(Asked::Going),
            _ if work.kind.is_one_shot() => ControlFlow::Break(Asked::Gone),
            // A single empty result proves nothing.
            _ => ControlFlow::Continue("it was not found, but exists".into()),
        })
    }

    /// Whether it does not exist, although its deletion was not requested. A single "not found" proves nothing, and a
    /// resource that is dropped from the state by mistake remains, and costs money. So it is read twice more, and
    /// searched for by its intent. A setting has no identity apart from its owner's, and is only read. A provider may
    /// drop a completed one-shot job.
    async fn is_missing(&self, work: &Work<'_, C>, id: &PhysicalId) -> Result<bool> {
        if work.kind.is_one_shot() {
            return Ok(true);
        }
        if self.read(work, id).await? != Observed::Absent {
            return Ok(false);
        }
        self.stop.pause(BEFORE_RECHECK).await?;
        if work.kind.identity() == Identity::Setting {
            return Ok(self.read(work, id).await? == Observed::Absent);
        }
        let found = self.call(work, work.kind.find(&work.cx, work.spec)).await?;
        Ok(found.is_none_or(|found| found != *id) && self.read(work, id).await? == Observed::Absent)
    }

    async fn read(&self, work: &Work<'_, C>, id: &PhysicalId) -> Result<Observed<Value>> {
        self.call(work, work.kind.observe(&work.cx, work.spec, id)).await
    }
}

fn unseen<T>() -> ControlFlow<T, String> {
    ControlFlow::Continue("not visible yet".into())
}

fn is_spent<C: 'static>(work: &Work<'_, C>, seen: &Observed<Value>) -> bool {
    work.kind.spent() && matches!(seen, Observed::Broken(_))
}
