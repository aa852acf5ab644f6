//! Wait until what was asked for is ready.
use super::{Runner, call::Work, ensure::INVISIBLE, streak::Streak};
use crate::{
    Class, Error, Result,
    resource::{Identity, Observed, PhysicalId},
    state::{Entry, Transition as T},
};
use serde_json::Value;
use std::{ops::ControlFlow, time::Duration};
use tokio::time::Instant;

/// What was seen before may be missed by looks for this long; after that it is looked for in the other way.
const MISSED: Duration = Duration::from_secs(30);

/// What is seen of a thing while it is waited for.
struct Sight {
    id: PhysicalId,
    /// When it was there for a look, if it ever was.
    last: Option<Instant>,
    /// Its values are known to its users.
    told: bool,
    /// Since when it is waited for in this run, and for how long before.
    began: Instant,
    already: Duration,
    /// What looks in a row come to.
    streak: Streak,
}

impl Sight {
    /// Whether one more look that does not show it says nothing yet.
    fn is_hidden(&self) -> bool {
        self.already + self.began.elapsed() < INVISIBLE || self.last.is_some_and(|at| at.elapsed() < MISSED)
    }
}

impl<C: 'static> Runner<C> {
    /// Wait until it is ready, and say as soon as its values can be read.
    pub(super) async fn settle_in(&self, work: &Work<'_, C>, passed: &dyn Fn()) -> Result<()> {
        let read = |e: &Entry| (e.phase.id().cloned(), e.phase.output().is_some(), e.since);
        let (Some(id), told, since) = self.had(work.name, read)? else {
            return Err(Error::new(Class::Unknown, format!("wait for {}: it has no id", work.name)));
        };
        if told {
            passed();
        }
        let (began, already) = (Instant::now(), self.ledger.clock().since(since));
        // What was changed, and what could be read in an earlier run, was there.
        let last = (told || work.altered).then_some(began);
        let enough = if work.altered { work.kind.looks_after_update() } else { 1 };
        let streak = Streak::new(enough, work.kind.broken_after());
        let mut sight = Sight { id, last, told, began, already, streak };
        let seen = self.wait(work, already).until(async || self.look_once(work, &mut sight, passed).await).await;
        match seen {
            Ok(Ok(output)) => self.ledger.record(work.name, T::Became { output }).await,
            Ok(Err(bad)) => Err(self.ended_badly(work, bad).await),
            Err(e) => Err(self.note(work, e, false).await),
        }
    }

    /// One look: its output, or what was seen of what will never have one.
    async fn look_once(
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
            Observed::Broken(why) if self.may_mend(work, sight.began) => Ok(ControlFlow::Continue(why)),
            bad @ Observed::Broken(_) => Ok(ControlFlow::Break(Err(bad))),
            Observed::Pending { why, known } | Observed::Differs { why, known } => {
                sight.last = Some(Instant::now());
                if let (Some(known), false) = (known, sight.told) {
                    self.ledger.record(work.name, T::Known { known }).await?;
                    sight.told = true;
                    passed();
                }
                Ok(ControlFlow::Continue(why))
            }
            Observed::Absent if sight.is_hidden() => Ok(ControlFlow::Continue("not visible yet".into())),
            Observed::Absent => self.seek(work, sight).await,
        }
    }

    /// It does not show under its id. Before it is called gone it is looked for as after a lost answer: surely, where nobody
    /// ever saw it.
    async fn seek(
        &self,
        work: &Work<'_, C>,
        sight: &mut Sight,
    ) -> Result<ControlFlow<Result<Value, Observed<Value>>, String>> {
        let unseen = sight.last.is_none() && work.kind.identity() != Identity::Setting;
        let found = if unseen { self.find_surely(work).await? } else { self.find(work).await? };
        let Some(found) = found else {
            let never = || Observed::Broken("it is gone: nobody ever saw it".into());
            return Ok(ControlFlow::Break(Err(if unseen { never() } else { Observed::Absent })));
        };
        if found != sight.id {
            self.ledger.record(work.name, T::Created { id: found.clone() }).await?;
            (sight.id, sight.told) = (found, false);
        }
        sight.last = Some(Instant::now());
        Ok(ControlFlow::Continue("not visible yet".into()))
    }
}
