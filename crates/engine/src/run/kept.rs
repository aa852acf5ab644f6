//! Resources that hold data: removed only by consent, and left in a broken state until they are repaired manually.
use super::{Runner, call::Work};
use crate::{
    Class, Error, Result,
    consent::unconsented,
    graph::Name,
    resource::{Kind, Observed},
    state::{Entry, Transition as T},
};
use serde_json::Value;
use std::time::Duration;
use tokio::time::Instant;

/// For how long a resource may still report its broken state after an update that repairs it.
const REPAIRING: Duration = Duration::from_secs(300);

impl<C: 'static> Runner<C> {
    /// Check that it may be removed. Every plan is checked before it runs; this covers removals that are only decided
    /// during the run.
    pub(super) fn may_go(&self, name: &Name, had: &Entry, kind: &dyn Kind<C>) -> Result<()> {
        match had.data_loss(kind.data_loss()) {
            Some(data_loss) if had.needs_consent(kind.data_loss()) && !self.limits.consent.covers(name) => {
                Err(unconsented(name, data_loss))
            }
            _ => Ok(()),
        }
    }

    /// Whether it may hold data by now.
    pub(super) fn may_hold(&self, work: &Work<'_, C>) -> bool {
        self.ledger.read(work.name, |e| e.data_loss(work.kind.data_loss()).is_some()).unwrap_or_default()
    }

    /// Whether a broken state may still be the one that an update repairs.
    pub(super) fn may_recover(&self, work: &Work<'_, C>, began: Instant) -> bool {
        work.altered && began.elapsed() < REPAIRING && self.may_hold(work)
    }

    /// The error for a resource that does not become ready, with a hint. Records the failure.
    pub(super) async fn ended_badly(&self, work: &Work<'_, C>, seen: Observed<Value>) -> Error {
        let (name, holds) = (work.name, self.may_hold(work));
        let fail = |why: &str| Error::new(Class::Invalid, format!("get {name} ready: {why}"));
        match seen {
            Observed::Absent if holds => match self.ledger.record(name, T::Vanished).await {
                Ok(()) => fail(GONE).hint("the next `up` recreates it, without what was in it"),
                Err(e) => e,
            },
            Observed::Absent => self.note(work, fail(GONE).hint(ANEW), true).await,
            Observed::Pending { why, .. } | Observed::Differs { why, .. } | Observed::Broken(why) => {
                self.note(work, fail(&why).hint(if holds { REPAIR } else { ANEW }), true).await
            }
            Observed::Ready(_) => fail("it is ready: a bug in vidpipe"),
        }
    }
}

const GONE: &str = "it is gone: something else removed it";
const ANEW: &str = "the next `up` replaces it; `down` removes it";
const REPAIR: &str = "it may hold data, so `up` never replaces it for this: repair it, and run `up` again; to give it up with \
                      its data, delete it yourself and run `up --refresh`";
