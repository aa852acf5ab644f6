//! What holds data: it goes only by consent, and in a bad state it stays as it is until somebody mends it.
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

/// After a change that mends it, a thing may show its bad state for so long.
const MENDING: Duration = Duration::from_secs(300);

impl<C: 'static> Runner<C> {
    /// Whether it may go. Every plan is judged before it is done; this is for what turns out only while it is done.
    pub(super) fn may_go(&self, name: &Name, had: &Entry, kind: &dyn Kind<C>) -> Result<()> {
        match had.loses(kind.loses()) {
            Some(loses) if had.needs_consent(kind.loses()) && !self.limits.consent.covers(name) => {
                Err(unconsented(name, loses))
            }
            _ => Ok(()),
        }
    }

    /// Whether it may hold data by now.
    pub(super) fn may_hold(&self, work: &Work<'_, C>) -> bool {
        self.ledger.read(work.name, |e| e.loses(work.kind.loses()).is_some()).unwrap_or_default()
    }

    /// Whether a bad state may still be the one that a change mends.
    pub(super) fn may_mend(&self, work: &Work<'_, C>, began: Instant) -> bool {
        work.altered && began.elapsed() < MENDING && self.may_hold(work)
    }

    /// It does not become ready: what is recorded of that, and what to do.
    pub(super) async fn ended_badly(&self, work: &Work<'_, C>, seen: Observed<Value>) -> Error {
        let (name, holds) = (work.name, self.may_hold(work));
        let fail = |why: &str| Error::new(Class::Invalid, format!("get {name} ready: {why}"));
        match seen {
            Observed::Absent if holds => match self.ledger.record(name, T::Vanished).await {
                Ok(()) => fail(GONE).hint("the next `up` makes it anew, without what was in it"),
                Err(e) => e,
            },
            Observed::Absent => self.note(work, fail(GONE).hint(ANEW), true).await,
            Observed::Pending { why, .. } | Observed::Differs { why, .. } | Observed::Broken(why) => {
                self.note(work, fail(&why).hint(if holds { MEND } else { ANEW }), true).await
            }
            Observed::Ready(_) => fail("it is ready: a bug in vidpipe"),
        }
    }
}

const GONE: &str = "it is gone: something else removed it";
const ANEW: &str = "the next `up` removes it and makes it anew; `down` removes it";
const MEND: &str = "it may hold data, so `up` never makes it anew for this: mend it, and run `up` again, which looks at it \
     again; to give it up with its data, remove it yourself and run `up --refresh`";
