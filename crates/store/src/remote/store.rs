//! Saves the state to an object store: each save conditional on the one before, one at a time.
use super::{
    RemoteLock,
    env::Held,
    objects::Condition,
    write::{Unwritten, Write},
};
use crate::{Loss, Result, document};
use std::{rc::Rc, time::Duration};
use vidpipe_engine::{Error, Saving, State, Store};

/// The state of an environment whose lease this run holds.
pub struct RemoteStore {
    lock: RemoteLock,
}

impl RemoteStore {
    pub(crate) fn new(lock: RemoteLock) -> Self {
        Self { lock }
    }
}

impl Held {
    async fn replace(&self, bytes: Vec<u8>) -> Result<()> {
        let Self { env, lease, stamp, trash, .. } = self;
        lease.check().map_err(|loss| env.lost(loss))?;
        let (key, last) = (env.state_key(), stamp.borrow().clone());
        let condition = last.as_ref().map_or(Condition::Absent, |last| Condition::Unchanged(last.etag.clone()));
        let write = Write { objects: &*env.bucket.objects, key: &key, bytes: &bytes, condition };
        let written = write.done(&env.bucket.terms, || lease.check().is_ok()).await;
        let lost = |loss| Err(env.lost(loss));
        match written {
            Ok(new) => {
                stamp.replace(Some(new));
                let full = last.is_some_and(|last| trash.add(&last));
                if full {
                    trash.empty(&*env.bucket.objects).await;
                }
                Ok(())
            }
            Err(Unwritten::Overtaken) => lost(lease.check().err().unwrap_or(Loss::State)),
            Err(Unwritten::Unclear(fault)) => match lease.check() {
                Err(Loss::RanOut) | Ok(()) => Err(env.bucket.failed("write the state", &key, fault)),
                Err(loss) => lost(loss),
            },
            Err(Unwritten::Refused(fault)) => Err(env.bucket.failed("write the state", &key, fault)),
        }
    }
}

impl Store for RemoteStore {
    fn save(&mut self, state: &State) -> Saving {
        let held = Rc::clone(&self.lock.0);
        let bytes = document::encode(&State { epoch: held.epoch, ..state.clone() });
        Box::pin(async move { Ok(held.replace(bytes?).await?) })
    }

    fn check(&mut self, _: &State) -> Result<(), Error> {
        let Held { env, lease, .. } = &*self.lock.0;
        Ok(lease.check().map_err(|loss| env.lost(loss))?)
    }

    /// A save waits for an answer: the time costs nothing, and what comes meanwhile joins the next save.
    fn rest(&self, _: Duration) -> Duration {
        Duration::ZERO
    }
}
