//! Wait until a created or updated resource is ready.
use super::{Runner, call::Work, ensure::INVISIBLE, streak::Streak};
use crate::{
    Class, Error, Result,
    resource::{Identity, Observed, PhysicalId},
    state::{Entry, Transition as T},
};
use serde_json::Value;
use std::{ops::ControlFlow, time::Duration};
use tokio::time::Instant;

/// For how long reads may miss a resource that was visible before; after that it is searched for by its intent.
const MISSED: Duration = Duration::from_secs(30);

/// The observations of a resource during the wait for it.
struct Sight {
    id: PhysicalId,
    /// When a read last found it, if ever.
    last: Option<Instant>,
    /// Whether its outputs are available to its users.
    is_known: bool,
    /// When the wait in this run began, and how long earlier runs waited.
    began: Instant,
    already: Duration,
    /// The consecutive reads so far.
    streak: Streak,
}

impl Sight {
    /// Whether one more empty read proves nothing yet.
    fn is_hidden(&self) -> bool {
        self.already + self.began.elapsed() < INVISIBLE || self.last.is_some_and(|at| at.elapsed() < MISSED)
    }
}

impl<C: 'static> Runner<C> {
    /// Wait until it is ready, and call `passed` as soon as its outputs are available.
    pub(super) async fn settle_in(&self, work: &Work<'_, C>, passed: &dyn Fn()) -> Result<()> {
        let read = |e: &Entry| (e.phase.id().cloned(), e.phase.output().is_some(), e.since);
        let (Some(id), is_known, since) = self.had(work.name, read)? else {
            return Err(Error::new(Class::Unknown, format!("wait for {}: it has no id", work.name)));
        };
        if is_known {
            passed();
        }
        let (began, already) = (Instant::now(), self.ledger.clock().since(since));
        // A resource that was updated, or whose outputs an earlier run read, did exist.
        let last = (is_known || work.altered).then_some(began);
        let enough = if work.altered { work.kind.reads_after_update() } else { 1 };
        let streak = Streak::new(enough, work.kind.broken_after());
        let mut sight = Sight { id, last, is_known, began, already, streak };
        let seen = self.wait(work, already).until(async || self.read_once(work, &mut sight, passed).await).await;
        match seen {
            Ok(Ok(output)) => self.ledger.record(work.name, T::Became { output }).await,
            Ok(Err(bad)) => Err(self.ended_badly(work, bad).await),
            Err(e) => Err(self.note(work, e, false).await),
        }
    }

    /// One read: the outputs, or the observed state of a resource that never becomes ready.
    async fn read_once(
        &self,
        work: &Work<'_, C>,
        sight: &mut Sight,
        passed: &dyn Fn(),
    ) -> Result<ControlFlow<Result<Value, Observed<Value>>, String>> {
        let seen = self.call(work, work.kind.observe(&work.cx, work.spec, &sight.id)).await?;
        if let Some(doubt) = sight.streak.doubts(&seen) {
            sight.last = Some(Instant::now());
            self.stop.pause(Streak::PAUSE).await?;
            return Ok(ControlFlow::Continue(doubt));
        }
        match seen {
            Observed::Ready(output) => Ok(ControlFlow::Break(Ok(output))),
            Observed::Broken(why) if self.may_recover(work, sight.began) => Ok(ControlFlow::Continue(why)),
            bad @ Observed::Broken(_) => Ok(ControlFlow::Break(Err(bad))),
            Observed::Pending { why, known } | Observed::Differs { why, known } => {
                sight.last = Some(Instant::now());
                if let (Some(known), false) = (known, sight.is_known) {
                    self.ledger.record(work.name, T::Known { known }).await?;
                    sight.is_known = true;
                    passed();
                }
                Ok(ControlFlow::Continue(why))
            }
            Observed::Absent if sight.is_hidden() => Ok(ControlFlow::Continue("not visible yet".into())),
            Observed::Absent => self.seek(work, sight).await,
        }
    }

    /// It is not found by its id. Before it is considered deleted, it is searched for as after a lost response: with
    /// several reads, if no read ever found it.
    async fn seek(
        &self,
        work: &Work<'_, C>,
        sight: &mut Sight,
    ) -> Result<ControlFlow<Result<Value, Observed<Value>>, String>> {
        let unseen = sight.last.is_none() && work.kind.identity() != Identity::Setting;
        let found = if unseen { self.find_surely(work).await? } else { self.find(work).await? };
        let Some(found) = found else {
            let never = || Observed::Broken("it is gone: it was never seen".into());
            return Ok(ControlFlow::Break(Err(if unseen { never() } else { Observed::Absent })));
        };
        if found != sight.id {
            self.ledger.record(work.name, T::Created { id: found.clone() }).await?;
            (sight.id, sight.is_known) = (found, false);
        }
        sight.last = Some(Instant::now());
        Ok(ControlFlow::Continue("not visible yet".into()))
    }
}
