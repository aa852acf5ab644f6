//! An environment that this run holds: its lease, and the state object as this run knows it.
use super::{
    RemoteEnv, RemoteStore,
    lease::Lease,
    objects::{Fault, Stamp},
    trash::Trash,
    write::read,
};
use crate::{Loss, Result};
use std::{cell::RefCell, fmt, rc::Rc};

/// The right to change an environment in an object store. Clones share it.
#[derive(Clone)]
pub struct RemoteLock(pub(crate) Rc<Held>);

pub(crate) struct Held {
    pub(crate) env: RemoteEnv,
    pub(crate) lease: Lease,
    pub(crate) epoch: u64,
    /// The state object as this run last wrote it; `None` if there is none.
    pub(crate) stamp: RefCell<Option<Stamp>>,
    /// The ids of writes whose outcome is not known: their answers were lost, or a stop dropped them.
    pub(crate) pending: RefCell<Vec<String>>,
    pub(crate) trash: Trash,
}

impl fmt::Debug for RemoteLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RemoteLock").field(&self.0.env.label()).finish()
    }
}

impl RemoteLock {
    pub(crate) fn new(env: &RemoteEnv, lease: Lease, epoch: u64, stamp: Option<Stamp>) -> Self {
        let trash = Trash::new(&env.state_key());
        Self(Rc::new(Held {
            env: env.clone(),
            lease,
            epoch,
            stamp: RefCell::new(stamp),
            pending: RefCell::default(),
            trash,
        }))
    }

    /// The environment.
    pub fn env(&self) -> &RemoteEnv {
        &self.0.env
    }

    /// The number of times the state was taken by a run, this one included.
    pub fn epoch(&self) -> u64 {
        self.0.epoch
    }

    /// The store of this environment's state.
    pub fn store(&self) -> RemoteStore {
        RemoteStore::new(self.clone())
    }

    /// Removes the state after everything in it is deleted. The history of the runs is kept.
    ///
    /// # Errors
    /// [`crate::StoreError::Lost`] when this run no longer holds the environment, [`crate::StoreError::Remote`] when the object cannot
    /// be deleted. The call can be repeated.
    pub async fn remove_state(&self) -> Result<()> {
        let Held { env, lease, stamp, trash, .. } = &*self.0;
        lease.check().map_err(|loss| env.lost(loss))?;
        let Some(stamp) = stamp.borrow().clone() else { return Ok(()) };
        let key = env.state_key();
        let gone = async || env.bucket.objects.delete(&key, Some(&stamp.etag)).await;
        match read(gone, || lease.check().is_ok()).await {
            Ok(()) => {}
            Err(Fault::Unmet) => return Err(env.lost(Loss::State)),
            Err(fault) => return Err(env.bucket.failed("delete the state", &key, fault)),
        }
        trash.add(&stamp);
        self.0.stamp.replace(None);
        Ok(())
    }

    /// Gives the environment back to other runs. Without it, they wait until the lease has run out.
    pub async fn release(&self) {
        self.0.trash.empty(&*self.0.env.bucket.objects).await;
        self.0.lease.release().await;
    }
}
