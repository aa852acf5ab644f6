//! Where the states of environments are kept: in a folder or in an object store. What uses a state need not know which.
use crate::{
    EnvDir, Folder, Holder, Lock, Result, Run, RunLog,
    remote::{Bucket, History, RemoteEnv, RemoteLock, Waiting},
};
use futures::{StreamExt, stream};
use jiff::Timestamp;
use vidpipe_engine::{Environment, State, Store};

/// The number of requests that a listing sends at the same time.
const AT_ONCE: usize = 16;

/// Where the states of environments are kept.
#[derive(Clone, Debug)]
pub enum Backend {
    /// In a folder of this machine.
    Folder(Folder),
    /// In an object store.
    Bucket(Bucket),
}

/// An environment of a backend. It need not exist.
#[derive(Clone, Debug)]
pub enum BackendEnv {
    /// A directory.
    Folder(EnvDir),
    /// A prefix of an object store.
    Bucket(RemoteEnv),
}

/// The right to change an environment of a backend. Clones share it.
#[derive(Clone, Debug)]
pub enum EnvLock {
    /// A lock of this machine's kernel.
    Folder(Lock),
    /// A lease.
    Bucket(RemoteLock),
}

impl Backend {
    /// The folder's path, or the bucket and prefix, for messages.
    pub fn label(&self) -> String {
        match self {
            Self::Folder(folder) => folder.root().display().to_string(),
            Self::Bucket(bucket) => bucket.label().into(),
        }
    }

    /// The environment with these names. It need not exist.
    ///
    /// # Errors
    /// [`crate::StoreError::Name`] when a part could lead elsewhere.
    pub fn environment(&self, pipeline: &str, account: &str, region: &str, suffix: &str) -> Result<BackendEnv> {
        Ok(match self {
            Self::Folder(folder) => BackendEnv::Folder(folder.environment(pipeline, account, region, suffix)?),
            Self::Bucket(bucket) => BackendEnv::Bucket(bucket.environment(pipeline, account, region, suffix)?),
        })
    }

    /// Every environment that has a state (whole or damaged), ordered by pipeline, account, region and suffix.
    ///
    /// # Errors
    /// When the folder cannot be read, or the object store does not answer.
    pub async fn list(&self) -> Result<Vec<BackendEnv>> {
        Ok(match self {
            Self::Folder(folder) => folder.list()?.into_iter().map(BackendEnv::Folder).collect(),
            Self::Bucket(bucket) => bucket.list().await?.into_iter().map(BackendEnv::Bucket).collect(),
        })
    }

    /// The environments with that suffix, in one pipeline or in all. If several match, the user chooses.
    ///
    /// # Errors
    /// As [`Backend::list`].
    pub async fn find(&self, suffix: &str, pipeline: Option<&str>) -> Result<Vec<BackendEnv>> {
        let mut found = self.list().await?;
        found.retain(|env| env.suffix() == suffix && pipeline.is_none_or(|name| env.pipeline() == name));
        Ok(found)
    }

    /// The environments with that suffix that have a history. Removed environments are included, but only if no
    /// environment that matches has a state.
    ///
    /// # Errors
    /// As [`Backend::list`].
    pub async fn remembered(&self, suffix: &str, pipeline: Option<&str>) -> Result<Vec<BackendEnv>> {
        Ok(match self {
            Self::Folder(folder) => folder.remembered(suffix, pipeline)?.into_iter().map(BackendEnv::Folder).collect(),
            Self::Bucket(bucket) => {
                let matches =
                    |env: &RemoteEnv| env.key.suffix == suffix && pipeline.is_none_or(|name| env.key.pipeline == name);
                bucket.remembered(matches).await?.into_iter().map(BackendEnv::Bucket).collect()
            }
        })
    }

    /// The newest runs in a region, across all environments, newest first.
    ///
    /// # Errors
    /// As [`Backend::list`].
    pub async fn newest_runs(&self, region: &str, most: usize) -> Result<Vec<Run>> {
        let bucket = match self {
            Self::Folder(folder) => return folder.newest_runs(region, most),
            Self::Bucket(bucket) => bucket,
        };
        let mut runs = Vec::new();
        for env in bucket.every().await?.iter().filter(|env| env.key.region == region) {
            runs.extend(env.runs().await?);
        }
        runs.sort_by_key(|run| std::cmp::Reverse(run.at));
        runs.truncate(most);
        Ok(runs)
    }
}

impl BackendEnv {
    /// The pipeline.
    pub fn pipeline(&self) -> &str {
        match self {
            Self::Folder(dir) => dir.pipeline(),
            Self::Bucket(env) => &env.key.pipeline,
        }
    }

    /// The provider's account.
    pub fn account(&self) -> &str {
        match self {
            Self::Folder(dir) => dir.account(),
            Self::Bucket(env) => &env.key.account,
        }
    }

    /// The provider's region.
    pub fn region(&self) -> &str {
        match self {
            Self::Folder(dir) => dir.region(),
            Self::Bucket(env) => &env.key.region,
        }
    }

    /// The environment's suffix.
    pub fn suffix(&self) -> &str {
        match self {
            Self::Folder(dir) => dir.suffix(),
            Self::Bucket(env) => &env.key.suffix,
        }
    }

    /// The directory's path, or the prefix, for messages.
    pub fn label(&self) -> String {
        match self {
            Self::Folder(dir) => dir.path().display().to_string(),
            Self::Bucket(env) => env.label(),
        }
    }

    /// The environment of that name, with the given lineage.
    pub fn environment(&self, lineage: &str) -> Environment {
        match self {
            Self::Folder(dir) => dir.environment(lineage),
            Self::Bucket(env) => env.key.environment(lineage),
        }
    }

    /// The run that holds the environment now, if that can be told without taking it.
    ///
    /// # Errors
    /// When the object store does not answer.
    pub async fn holder(&self) -> Result<Option<Holder>> {
        match self {
            Self::Folder(dir) => Ok(dir.holder()),
            Self::Bucket(env) => env.holder().await,
        }
    }

    /// The state as of the last save; `None` if none exists. No lock is needed: a state is replaced as a whole.
    ///
    /// # Errors
    /// When there is a state that cannot be used, or the answer is not clear: that is never reported as `None`.
    pub async fn read(&self) -> Result<Option<State>> {
        match self {
            Self::Folder(dir) => dir.read(),
            Self::Bucket(env) => env.read().await,
        }
    }

    /// Locks the environment for a command that may change it, and reads its state under the lock. `tell` hears of waits
    /// for a lease that another run may have left behind.
    ///
    /// # Errors
    /// [`crate::StoreError::Locked`] when another run holds it, and those of [`BackendEnv::read`].
    pub async fn lock(
        &self,
        command: &str,
        now: Timestamp,
        tell: &dyn Fn(&Waiting<'_>),
    ) -> Result<(EnvLock, Option<State>)> {
        match self {
            Self::Folder(dir) => {
                let lock = dir.lock(command, now)?;
                let state = dir.read()?;
                Ok((EnvLock::Folder(lock), state))
            }
            Self::Bucket(env) => {
                let (lock, state) = env.lock(command, now, tell).await?;
                Ok((EnvLock::Bucket(lock), state))
            }
        }
    }

    /// Starts recording the events of a run. Never fails: see [`RunLog::trouble`]. In an object store the history must
    /// be ended, to be complete.
    pub fn record(&self, command: &str, now: Timestamp) -> (RunLog, Option<History>) {
        match self {
            Self::Folder(dir) => (dir.record(command, now), None),
            Self::Bucket(env) => {
                let (log, history) = env.record(command, now);
                (log, Some(history))
            }
        }
    }

    /// The recorded runs, newest first.
    ///
    /// # Errors
    /// When the folder cannot be read, or the object store does not answer.
    pub async fn runs(&self) -> Result<Vec<Run>> {
        match self {
            Self::Folder(dir) => dir.runs(),
            Self::Bucket(env) => env.runs().await,
        }
    }
}

/// Does something with each of them, several at the same time, and returns the results in their order.
pub async fn each<T, R>(all: &[T], work: impl AsyncFn(&T) -> R) -> Vec<R> {
    let mut results: Vec<(usize, R)> = stream::iter(all.iter().enumerate())
        .map(|(i, one)| {
            let work = &work;
            async move { (i, work(one).await) }
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    results.sort_by_key(|(i, _)| *i);
    results.into_iter().map(|(_, result)| result).collect()
}

impl EnvLock {
    /// The environment's directory, or its prefix, for messages.
    pub fn label(&self) -> String {
        self.env().label()
    }

    /// The environment.
    pub fn env(&self) -> BackendEnv {
        match self {
            Self::Folder(lock) => BackendEnv::Folder(lock.place().clone()),
            Self::Bucket(lock) => BackendEnv::Bucket(lock.env().clone()),
        }
    }

    /// The store of this environment's state. The store holds the lock too.
    pub fn store(&self) -> Box<dyn Store> {
        match self {
            Self::Folder(lock) => Box::new(lock.store()),
            Self::Bucket(lock) => Box::new(lock.store()),
        }
    }

    /// Removes the state after everything in it is deleted. The history of the runs is kept.
    ///
    /// # Errors
    /// When this run no longer holds the environment, or the state cannot be removed. The call can be repeated.
    pub async fn remove_state(&self) -> Result<()> {
        match self {
            Self::Folder(lock) => lock.remove_state(),
            Self::Bucket(lock) => lock.remove_state().await,
        }
    }

    /// Whether this run may still change the environment, for what sends its calls to ask. `None` in a folder, where the
    /// kernel keeps the lock as long as the process lives.
    pub fn is_held(&self) -> Option<Box<dyn Fn() -> bool + Send + Sync>> {
        match self {
            Self::Folder(_) => None,
            Self::Bucket(lock) => Some(Box::new(lock.0.lease.is_good())),
        }
    }

    /// Gives the environment back to other runs. In a folder it is given back with the last clone of the lock.
    pub async fn release(&self) {
        match self {
            Self::Folder(_) => {}
            Self::Bucket(lock) => lock.release().await,
        }
    }
}
