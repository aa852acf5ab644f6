//! One environment in an object store: reading its state, and taking its lease.
use super::{
    Bucket,
    held::RemoteLock,
    history::History,
    lease::Lease,
    objects::{Condition, Fault, Object, Stamp},
    waiting::{self, Waiting},
    write::{Unwritten, Write, read},
};
use crate::{
    Damage, Holder, Loss, Record, Result, Run, RunLog, StoreError,
    document::{self, Bad},
    guard,
    place::Key,
};
use jiff::Timestamp;
use std::{collections::BTreeSet, fmt};
use vidpipe_engine::{FORMAT, State};

/// An environment in an object store.
#[derive(Clone)]
pub struct RemoteEnv {
    pub(crate) bucket: Bucket,
    pub(crate) key: Key,
    /// The prefix of its keys, with a `/` at the end.
    prefix: String,
    /// The names of its runs, if they are known already.
    runs: Option<BTreeSet<String>>,
}

impl fmt::Debug for RemoteEnv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RemoteEnv").field(&self.label()).finish()
    }
}

impl RemoteEnv {
    pub(crate) fn new(bucket: Bucket, key: Key, prefix: String, runs: Option<BTreeSet<String>>) -> Self {
        Self { bucket, key, prefix, runs }
    }

    pub(crate) fn with_runs(self, runs: BTreeSet<String>) -> Self {
        Self { runs: Some(runs), ..self }
    }

    pub(crate) fn has_runs(&self) -> bool {
        self.runs.as_ref().is_some_and(|runs| !runs.is_empty())
    }

    /// `s3://bucket/prefix/<pipeline>/<account>-<region>/<suffix>`
    pub fn label(&self) -> String {
        self.bucket.url(self.prefix.trim_end_matches('/'))
    }

    pub(crate) fn object(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    pub(crate) fn state_key(&self) -> String {
        self.object("state.json")
    }

    pub(crate) fn lease_key(&self) -> String {
        self.object("lease.json")
    }

    /// The state as of the last save; `None` if none exists. No lease is needed: a state is replaced as a whole.
    ///
    /// # Errors
    /// [`StoreError::Remote`] when the store does not answer, or refuses: that is never reported as `None`. And those of
    /// [`crate::EnvDir::read`].
    pub async fn read(&self) -> Result<Option<State>> {
        Ok(self.stored().await?.map(|(state, _)| state))
    }

    /// The state, and the object it was read from.
    pub(crate) async fn stored(&self) -> Result<Option<(State, Stamp)>> {
        let (terms, key) = (&self.bucket.terms, self.state_key());
        let asked = async || self.bucket.objects.get(&key).await;
        let read = read(asked, terms.for_time(terms.deadline())).await;
        let object = read.map_err(|fault| self.bucket.failed("read the state", &key, fault))?;
        let Some(Object { stamp, bytes }) = object else { return Ok(None) };
        let path = || self.bucket.url(&key).into();
        let state = document::decode(&bytes).map_err(|bad| match bad {
            Bad::Damage(damage @ (Damage::Unreadable(_) | Damage::Empty)) if stamp.write.is_none() => {
                self.bucket.not_ours(&key, &damage.to_string())
            }
            Bad::Damage(damage) => StoreError::Damaged { path: path(), damage, backups: Vec::new() },
            Bad::Newer(format) => StoreError::Newer { path: path(), format, known: FORMAT },
        })?;
        guard(&state, &self.key.environment(&state.env.lineage))?;
        Ok(Some((state, stamp)))
    }

    /// Takes the lease for a command that may change the environment, and fences the state: from then on, no other run
    /// can save it. Waits for a lease that another run may have left behind.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when another run renews its lease, and those of [`RemoteEnv::read`].
    pub async fn lock(
        &self,
        command: &str,
        now: Timestamp,
        tell: &dyn Fn(&Waiting<'_>),
    ) -> Result<(RemoteLock, Option<State>)> {
        // Everything that can be refused is refused before the lease is taken.
        self.stored().await?;
        let (user, job) = self.bucket.signature.clone();
        let holder = Holder { user, job, ..Holder::here(command, now) };
        let lease = Lease::take(&self.bucket, self.lease_key(), holder, tell).await?;
        match self.fence(lease).await {
            Ok(done) => Ok(done),
            Err((lease, e)) => {
                lease.release().await;
                Err(e)
            }
        }
    }

    /// Writes the state with the next epoch. Calls of the previous holder may still be in progress: their intents are in
    /// the state, and the engine looks for what they create.
    async fn fence(&self, lease: Lease) -> Result<(RemoteLock, Option<State>), (Lease, StoreError)> {
        loop {
            let (mut state, stamp) = match self.stored().await {
                Ok(Some(stored)) => stored,
                Ok(None) => return Ok((RemoteLock::new(self, lease, 1, None), None)),
                Err(e) => return Err((lease, e)),
            };
            state.epoch += 1;
            let key = self.state_key();
            let written = match document::encode(&state) {
                Ok(bytes) => {
                    let condition = Condition::Unchanged(stamp.etag.clone());
                    let write = Write { objects: &*self.bucket.objects, key: &key, bytes: &bytes, condition };
                    write.done(&(self.bucket.terms.new_id)(), || lease.check().is_ok()).await
                }
                Err(e) => return Err((lease, e)),
            };
            match written {
                Ok(fenced) => {
                    let lock = RemoteLock::new(self, lease, state.epoch, Some(fenced));
                    return Ok((lock, Some(state)));
                }
                // The last save of the previous holder came in between.
                Err(Unwritten::Overtaken(_)) if lease.check().is_ok() => {}
                Err(Unwritten::Overtaken(_)) => {
                    let lost = self.lost(lease.check().err().unwrap_or(Loss::RanOut));
                    return Err((lease, lost));
                }
                Err(Unwritten::Unclear(fault) | Unwritten::Refused(fault)) => {
                    return Err((lease, self.bucket.failed("write the state", &key, fault)));
                }
            }
        }
    }

    pub(crate) fn lost(&self, loss: Loss) -> StoreError {
        StoreError::Lost { path: self.label().into(), loss, record: Record::Whole }
    }

    /// The run that holds the lease, even if it has run out.
    ///
    /// # Errors
    /// [`StoreError::Remote`], and [`StoreError::NotOurs`] when the object is not a lease.
    pub async fn holder(&self) -> Result<Option<Holder>> {
        Ok(waiting::holder(&self.bucket, &self.lease_key()).await?.map(|(lease, _)| lease.holder))
    }

    /// Ends the lease of another run, which starts no further call once its next renewal or save is refused. Returns the
    /// run that held it; `None` if there is no lease.
    ///
    /// # Errors
    /// [`StoreError::Remote`], [`StoreError::NotOurs`], and [`StoreError::Locked`] when the lease was renewed meanwhile.
    pub async fn unlock(&self, holder: &Holder) -> Result<Option<Holder>> {
        let key = self.lease_key();
        let Some((lease, stamp)) = waiting::holder(&self.bucket, &key).await? else { return Ok(None) };
        let locked =
            || StoreError::Locked { path: self.bucket.url(&key).into(), holder: Some(lease.holder.clone().into()) };
        if lease.holder != *holder {
            return Err(locked());
        }
        match self.bucket.objects.delete(&key, Some(&stamp.etag)).await {
            Ok(()) => Ok(Some(lease.holder)),
            Err(Fault::Unmet) => Err(locked()),
            Err(fault) => Err(self.bucket.failed("delete the lease", &key, fault)),
        }
    }

    pub(crate) async fn adopt(&self, run: &str, bytes: Vec<u8>) -> Result<()> {
        let key = self.object(&format!("runs/{run}"));
        let put = self.bucket.objects.put(&key, bytes, &Condition::Always, "history").await;
        put.map(drop).map_err(|fault| self.bucket.failed("copy the history of a run to", &key, fault))
    }

    /// Starts recording the events of a run, in an object of its own.
    pub fn record(&self, command: &str, now: Timestamp) -> (RunLog, History) {
        History::begin(self, command, now)
    }

    /// The recorded runs, newest first.
    ///
    /// # Errors
    /// [`StoreError::Remote`].
    pub async fn runs(&self) -> Result<Vec<Run>> {
        let prefix = self.object("runs/");
        let names = match &self.runs {
            Some(names) => names.clone(),
            None => {
                let keys = self.bucket.objects.list(&prefix).await;
                let keys = keys.map_err(|fault| self.bucket.failed("list the runs", &prefix, fault))?;
                keys.iter().filter_map(|key| key.strip_prefix(&prefix).map(str::to_owned)).collect()
            }
        };
        let mut runs: Vec<Run> = names.iter().filter_map(|name| Run::remote(self, name)).collect();
        runs.sort_by_key(|run| std::cmp::Reverse(run.at));
        Ok(runs)
    }

    pub(crate) async fn read_object(&self, key: &str) -> Result<Vec<u8>> {
        let asked = self.bucket.objects.get(key).await;
        let object = asked.map_err(|fault| self.bucket.failed("read the history of a run from", key, fault))?;
        Ok(object.map(|object| object.bytes).unwrap_or_default())
    }
}
