//! Checks that this run still owns the environment, before every save and every call.
//!
//! The kernel locks a file, not a name, so removing the lock file lets a second run start. And other programs can
//! change the state file. So the content of the disk is compared with what this run last wrote. Two runs never both
//! continue: the second run creates its own lock file, which the first run detects; and the second run detects what the
//! first run saved at the same moment.
use crate::{
    EnvDir, Holder, Lock, Result, StoreError,
    document::head_len,
    files,
    lock::{holder_of, is_at, options, sign},
};
use std::{
    collections::HashSet,
    fmt,
    io::{self, ErrorKind, Read},
    path::{Path, PathBuf},
};
use vidpipe_engine::State;

/// The way an environment was lost during a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The lock file was removed or replaced, and another run started: its holder, if the lock file names it.
    Lock(Option<Box<Holder>>),
    /// The state is not what this run saved.
    State,
    /// Another run took over the lease: its holder, if the lease names it.
    Lease(Option<Box<Holder>>),
    /// The lease could not be renewed in time, so another run may have taken it over.
    RanOut,
    /// This run released the lease.
    Released,
}

/// The location of the state a run knew when it lost its environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// The state file records everything this run started.
    Whole,
    /// The state file does not; this file does. It is a regular state file.
    Kept(PathBuf),
    /// The state file does not, and writing another file failed, for this reason.
    Nowhere(String),
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lock(Some(holder)) => {
                write!(f, "its lock file was removed while this run held it, and another run has begun: {holder}")
            }
            Self::Lock(None) => f.write_str("its lock file was replaced while this run held it"),
            Self::State => f.write_str("its state file was changed by something else than this run"),
            Self::Lease(Some(holder)) => write!(f, "its lease was taken over by another run: {holder}"),
            Self::Lease(None) => f.write_str("its lease was taken over by another run, or removed"),
            Self::RanOut => f.write_str("its lease was not renewed in time, so another run may have taken it over"),
            Self::Released => f.write_str("its lease was released"),
        }
    }
}

/// The known content of a state file.
pub(crate) struct Seen {
    /// Its possible heads. More than one if it is unknown whether a save completed.
    heads: Vec<Option<Vec<u8>>>,
    /// The intent tokens in it that may have been acted on.
    intents: HashSet<String>,
}

impl Seen {
    /// The content of the file when the lock is taken.
    pub(crate) fn now(state: &Path) -> Self {
        // A state that cannot be read at all is refused when it is read.
        Self { heads: vec![head(state).unwrap_or_default()], intents: HashSet::new() }
    }

    /// Records the bytes that are about to be written.
    pub(crate) fn replacing(&mut self, bytes: &[u8]) {
        self.heads.push(bytes.get(..head_len()).map(<[u8]>::to_vec));
    }

    /// Records that the last save completed.
    pub(crate) fn replaced(&mut self, state: &State) {
        self.heads.drain(..self.heads.len().saturating_sub(1));
        self.intents = intents(state);
    }
}

pub(crate) fn intents(state: &State) -> HashSet<String> {
    state.entries.values().chain(state.removed.values()).map(|entry| entry.token.0.clone()).collect()
}

/// The head of a state file; `None` if the file does not exist.
fn head(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    match files::open(path) {
        // Something else may have replaced the folder.
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        // Not a file that vidpipe wrote.
        Err(e) if matches!(e.kind(), ErrorKind::InvalidInput | ErrorKind::IsADirectory) => Ok(Some(bytes)),
        file => file?.take(head_len() as u64).read_to_end(&mut bytes).map(|_| Some(bytes)),
    }
}

impl Lock {
    /// Checks that this run still owns the environment. If the lock file is merely missing, creates it again, and the
    /// folder with it: no other run has started, because another run would have created one and left it.
    ///
    /// # Errors
    /// [`StoreError::Lost`] when another run has, or may have, taken the environment; [`StoreError::Io`] when that
    /// cannot be determined.
    pub(crate) fn check(&self) -> Result<()> {
        self.compare()?;
        if self.is_locked()? {
            return Ok(());
        }
        self.take_again()?;
        self.compare()
    }

    /// Whether the lock file is still the locked file, so that no other run can have started.
    fn is_locked(&self) -> Result<bool> {
        let path = self.place().lock_file();
        is_at(&self.0.file.borrow(), &path).map_err(|e| StoreError::io("read the lock file", path, e))
    }

    /// The state file must be as last known. A missing file is not a loss: this run knows its content.
    fn compare(&self) -> Result<()> {
        let path = self.place().state_file();
        let there = head(&path).map_err(|e| StoreError::io("read the state file", path, e))?;
        match there.is_none() || self.0.seen.borrow().heads.contains(&there) {
            true => Ok(()),
            false => Err(self.lost(Loss::State)),
        }
    }

    fn take_again(&self) -> Result<()> {
        let (place, path) = (self.place(), self.place().lock_file());
        if !place.path().exists() {
            self.restore()?;
        }
        let file = match options().create_new(true).open(&path) {
            Err(e) if e.kind() == ErrorKind::AlreadyExists => {
                return Err(self.lost(Loss::Lock(holder_of(&path).map(Box::new))));
            }
            other => other.map_err(|e| StoreError::io("make the lock file again:", &path, e))?,
        };
        if file.try_lock().is_err() {
            return Err(self.lost(Loss::Lock(holder_of(&path).map(Box::new))));
        }
        sign(&file, &self.0.holder).map_err(|e| StoreError::io("write the lock file", &path, e))?;
        self.0.file.replace(file);
        self.0.retaken.set(true);
        Ok(())
    }

    /// After a save: another run must not have read the state before the save.
    pub(crate) fn check_again(&self) -> Result<()> {
        match self.is_locked()? {
            true => Ok(()),
            false => Err(self.lost(Loss::Lock(holder_of(&self.place().lock_file()).map(Box::new)))),
        }
    }

    fn lost(&self, loss: Loss) -> StoreError {
        StoreError::Lost { path: self.place().path().into(), loss, record: Record::Whole }
    }

    /// Whether the state file records everything this run started, regardless of who wrote it.
    pub(crate) fn is_known_there(&self) -> bool {
        let there = self.place().read().ok().flatten().map(|state| intents(&state)).unwrap_or_default();
        self.0.seen.borrow().intents.is_subset(&there)
    }

    /// The file to which a run writes its state once it has lost the state file.
    pub(crate) fn rescue_file(&self) -> PathBuf {
        rescue_file(self.place(), &self.0.holder)
    }
}

fn rescue_file(place: &EnvDir, holder: &Holder) -> PathBuf {
    let since = holder.since.strftime("%Y%m%dT%H%M%S%.3fZ");
    place.file(&format!("state.json.rescued-{since}"))
}
