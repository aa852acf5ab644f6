//! The directory of one environment: reading its state, and checking that it is writable.
use crate::{
    BACKUPS, Damage, Lock, Result, Run, RunLog, StoreError,
    disk::Disk,
    document::{self, Bad},
    guard,
};
use jiff::Timestamp;
use std::{
    fmt, io,
    path::{Path, PathBuf},
    rc::Rc,
};
use vidpipe_engine::{Environment, FORMAT, State};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) pipeline: String,
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) suffix: String,
}

impl Key {
    /// The names of an environment, each of which is a part of a path.
    ///
    /// # Errors
    /// [`StoreError::Name`] when a part could lead elsewhere.
    pub(crate) fn new(pipeline: &str, account: &str, region: &str, suffix: &str) -> Result<Self> {
        for (what, value) in [("pipeline", pipeline), ("account", account), ("region", region), ("suffix", suffix)] {
            if !is_safe(value) {
                return Err(StoreError::Name { what, value: value.into() });
            }
        }
        if account.contains('-') {
            // A listing splits `<account>-<region>` at the first `-`.
            return Err(StoreError::Name { what: "account", value: account.into() });
        }
        Ok(Self { pipeline: pipeline.into(), account: account.into(), region: region.into(), suffix: suffix.into() })
    }

    /// The environment of that name, with the given lineage.
    pub(crate) fn environment(&self, lineage: &str) -> Environment {
        let Self { pipeline, account, region, suffix } = self.clone();
        Environment { pipeline, suffix, account, region, lineage: lineage.into() }
    }
}

fn is_safe(part: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    !part.is_empty() && !part.starts_with('-') && part.len() <= 128 && part.chars().all(allowed)
}

/// The directory of one environment.
#[derive(Clone)]
pub struct EnvDir {
    root: PathBuf,
    path: PathBuf,
    key: Key,
    pub(crate) disk: Rc<dyn Disk>,
}

impl fmt::Debug for EnvDir {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EnvDir").field(&self.path).finish()
    }
}

impl EnvDir {
    pub(crate) fn new(root: &Path, key: Key, disk: Rc<dyn Disk>) -> Self {
        let home = format!("{}-{}", key.account, key.region);
        let path = root.join(&key.pipeline).join(home).join(&key.suffix);
        Self { root: root.into(), path, key, disk }
    }

    /// The pipeline.
    pub fn pipeline(&self) -> &str {
        &self.key.pipeline
    }

    /// The provider's account.
    pub fn account(&self) -> &str {
        &self.key.account
    }

    /// The provider's region.
    pub fn region(&self) -> &str {
        &self.key.region
    }

    /// The environment's suffix.
    pub fn suffix(&self) -> &str {
        &self.key.suffix
    }

    /// The path of the directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path of the state file.
    pub fn state_file(&self) -> PathBuf {
        self.path.join("state.json")
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The paths of all possible backups, the most recent first.
    pub(crate) fn backup_files(&self) -> impl Iterator<Item = PathBuf> + '_ {
        let numbered = (1..=BACKUPS).map(|n| self.file(&format!("state.json.bak.{n}")));
        std::iter::once(self.file("state.json.bak")).chain(numbered)
    }

    /// Whether a state exists, whole or damaged.
    pub fn exists(&self) -> bool {
        self.state_file().exists() || self.backup_files().any(|b| b.exists())
    }

    /// The state as of the last save; `None` if none exists. No lock is needed: a state is replaced atomically.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::Newer`] and [`StoreError::Foreign`] when the file is not a state of this
    /// environment that this build can read. Such a file is never reported as `None`.
    pub fn read(&self) -> Result<Option<State>> {
        let path = self.state_file();
        let bytes = match self.disk.read(&path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound && self.backup_files().any(|b| b.exists()) => {
                return Err(self.damaged(Damage::Gone));
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) if is_no_state(&e) => return Err(self.damaged(Damage::Unreadable(e.to_string()))),
            other => other.map_err(|e| StoreError::io("read the state file", &path, e))?,
        };
        let state = document::decode(&bytes).map_err(|bad| match bad {
            Bad::Damage(damage) => self.damaged(damage),
            Bad::Newer(format) => StoreError::Newer { path, format, known: FORMAT },
        })?;
        // Rejects a file copied from another environment's directory.
        guard(&state, &self.key.environment(&state.env.lineage))?;
        Ok(Some(state))
    }

    /// The environment this directory belongs to, with the given lineage.
    pub fn environment(&self, lineage: &str) -> Environment {
        self.key.environment(lineage)
    }

    fn damaged(&self, damage: Damage) -> StoreError {
        let whole = |path: PathBuf| Some((document::decode(&self.disk.read(&path).ok()?).ok()?.serial, path));
        let mut backups: Vec<(u64, PathBuf)> = self.backup_files().filter_map(whole).collect();
        backups.sort_by_key(|(serial, _)| std::cmp::Reverse(*serial));
        let backups = backups.into_iter().map(|(_, path)| path).collect();
        StoreError::Damaged { path: self.state_file(), damage, backups }
    }

    /// Checks that the directory is writable, before any other work. Creates it if it is missing.
    ///
    /// # Errors
    /// [`StoreError::Unwritable`], naming the folder.
    pub fn probe(&self) -> Result<()> {
        let unwritable = |source| StoreError::Unwritable { path: self.path.clone(), source };
        self.make_folder().map_err(unwritable)?;
        let trial = self.file(&format!("probe.{}", std::process::id()));
        self.disk.remove(&trial).map_err(unwritable)?;
        self.disk.create(&trial, b"probe").map_err(unwritable)?;
        self.disk.remove(&trial).map_err(unwritable)?;
        self.keep_out_of_git().map_err(unwritable)
    }

    /// Creates the directory and its parents, and syncs them: a state is only as durable as the names on its path.
    /// Syncs on every call, because the run that created them may have been killed before it synced them.
    pub(crate) fn make_folder(&self) -> io::Result<()> {
        let own = |p: &Path| p.starts_with(&self.root);
        let unnamed = |p: &Path| p.as_os_str().is_empty();
        let made = self.path.ancestors().take_while(|p| own(p) || !(unnamed(p) || p.exists()));
        let made: Vec<PathBuf> = made.map(Path::to_owned).collect();
        self.disk.make_folder(&self.path)?;
        for parent in made.iter().filter_map(|p| p.parent()) {
            let parent = if unnamed(parent) { Path::new(".") } else { parent };
            match self.disk.sync_folder(parent) {
                // Syncing a folder requires opening it, which needs read permission. A parent outside the root may lack
                // it.
                Err(e) if e.kind() == io::ErrorKind::PermissionDenied && !own(parent) => {}
                other => other?,
            }
        }
        Ok(())
    }

    /// Creates a `.gitignore` in the root: states contain account and resource names, which should not be committed by
    /// accident.
    pub(crate) fn keep_out_of_git(&self) -> io::Result<()> {
        let path = self.root.join(".gitignore");
        match self.disk.create(&path, b"*\n") {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(e) => {
                // An existing file is never rewritten, so a partially written file must not remain.
                let _ = self.disk.remove(&path);
                Err(e)
            }
            Ok(()) => Ok(()),
        }
    }

    /// Locks the environment for a command that may change it, until the lock is dropped or the process ends.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when another run holds the lock, [`StoreError::Unwritable`] when the lock file cannot be
    /// written.
    pub fn lock(&self, command: &str, now: Timestamp) -> Result<Lock> {
        self.probe()?;
        Lock::take(self, command, now)
    }

    /// Starts recording the events of a run, in its own file. Never fails: see [`RunLog::trouble`].
    pub fn record(&self, command: &str, now: Timestamp) -> RunLog {
        RunLog::open(&self.file("runs"), command, now)
    }

    /// The recorded runs, newest first.
    ///
    /// # Errors
    /// [`StoreError::Io`] when the folder cannot be read.
    pub fn runs(&self) -> Result<Vec<Run>> {
        Run::list(&self.file("runs"))
    }
}

/// Whether the error means that the file is not a state, rather than that reading it failed.
fn is_no_state(e: &io::Error) -> bool {
    matches!(e.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::IsADirectory | io::ErrorKind::FileTooLarge)
}
