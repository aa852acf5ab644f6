//! Saves the state to an object store: each save conditional on the one before, one at a time.
use super::{
    RemoteLock,
    held::Held,
    objects::{Condition, Stamp},
    write::{Unwritten, Write},
};
use crate::{Loss, Record, Result, StoreError, claim::intents, document};
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
    async fn replace(&self, state: &State) -> Result<()> {
        let Self { env, lease, stamp, pending, trash, .. } = self;
        let bytes = document::encode(state)?;
        let key = env.state_key();
        loop {
            lease.check().map_err(|loss| env.lost(loss))?;
            let last = stamp.borrow().clone();
            let condition = last.as_ref().map_or(Condition::Absent, |last| Condition::Unchanged(last.etag.clone()));
            let write = Write { objects: &*env.bucket.objects, key: &key, bytes: &bytes, condition };
            let id = (env.bucket.terms.new_id)();
            pending.borrow_mut().push(id.clone());
            match write.done(&id, || lease.check().is_ok()).await {
                Ok(new) => {
                    pending.borrow_mut().clear();
                    stamp.replace(Some(new));
                    if last.is_some_and(|last| trash.add(&last)) {
                        trash.empty(&*env.bucket.objects).await;
                    }
                    return Ok(());
                }
                // An earlier write of this run arrived after all.
                Err(Unwritten::Overtaken(Some(there))) if self.is_own(&there) => {
                    stamp.replace(Some(there));
                }
                Err(Unwritten::Overtaken(_)) => {
                    let loss = lease.lose().await;
                    return Err(self.rescued(state, &bytes, loss).await);
                }
                Err(Unwritten::Unclear(fault)) => {
                    return Err(match lease.check() {
                        Err(loss) if loss != Loss::RanOut => env.lost(loss),
                        _ => env.bucket.failed("write the state", &key, fault),
                    });
                }
                Err(Unwritten::Refused(fault)) => return Err(env.bucket.failed("write the state", &key, fault)),
            }
        }
    }

    fn is_own(&self, there: &Stamp) -> bool {
        there.write.as_ref().is_some_and(|write| self.pending.borrow().contains(write))
    }

    /// Keeps a state that could not be saved in an object beside it, unless the state that is there knows all that was
    /// begun. vidpipe never reads it by itself: it is for people.
    async fn rescued(&self, state: &State, bytes: &[u8], loss: Loss) -> StoreError {
        let env = &self.env;
        // Another run that took the lease over read all that this one had saved, and so all that it had begun.
        let is_known = match loss {
            Loss::Lease(Some(_)) => true,
            _ => env.read().await.ok().flatten().is_some_and(|there| intents(state).is_subset(&intents(&there))),
        };
        let record = if is_known {
            Record::Whole
        } else {
            let key = env.object(&format!("state.json.rescued-{}", (env.bucket.terms.new_id)()));
            let put = env.bucket.objects.put(&key, bytes.to_vec(), &Condition::Absent, "rescued").await;
            match put {
                Ok(_) => Record::Kept(env.bucket.url(&key).into()),
                Err(fault) => Record::Nowhere(fault.to_string()),
            }
        };
        StoreError::Lost { path: env.label().into(), loss, record }
    }
}

impl Store for RemoteStore {
    fn save(&mut self, state: &State) -> Saving {
        let held = Rc::clone(&self.lock.0);
        let state = State { epoch: held.epoch, ..state.clone() };
        Box::pin(async move { Ok(held.replace(&state).await?) })
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
