//! Whether the environment is still ours: asked before every save, and before every call.
//!
//! The kernel locks a file and not a name, so whoever removes the lock file lets a second run in. And nothing keeps other
//! programs from the state file. So what is on the disk is compared with what we know to be there. There is no moment at
//! which two runs both go on: who comes second makes a lock file of its own, and that the first sees; what the first saved
//! at the same moment, the second sees.
use crate::{
    Holder, Lock, Place, Result, StoreError,
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

/// How an environment was lost to somebody else in the middle of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The lock file was removed or replaced, and another run has begun, as far as its lock file says that one.
    Lock(Option<Box<Holder>>),
    /// The state file is not what this run saved.
    State,
}

/// Where what a run knew is, once it has lost its environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// The state file knows of all that this run had begun.
    Whole,
    /// The state file does not; this file does. It is a state like any other.
    Kept(PathBuf),
    /// The state file does not, and nothing else could be written: why.
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
        }
    }
}

/// What is known of a state file.
pub(crate) struct Seen {
    /// How it may begin. More than one, where it is not known whether a save came to its end.
    heads: Vec<Option<Vec<u8>>>,
    /// The intents in it that may have been acted on.
    intents: HashSet<String>,
}

impl Seen {
    /// What is there when the lock is taken.
    pub(crate) fn now(state: &Path) -> Self {
        // A state that cannot be read at all is refused by whoever reads it.
        Self { heads: vec![head(state).unwrap_or_default()], intents: HashSet::new() }
    }

    /// This is about to be put there.
    pub(crate) fn replacing(&mut self, bytes: &[u8]) {
        self.heads.push(bytes.get(..head_len()).map(<[u8]>::to_vec));
    }

    /// The last that was about to be put there is there.
    pub(crate) fn replaced(&mut self, state: &State) {
        self.heads.drain(..self.heads.len().saturating_sub(1));
        self.intents = intents(state);
    }
}

fn intents(state: &State) -> HashSet<String> {
    state.entries.values().chain(state.removed.values()).map(|entry| entry.token.0.clone()).collect()
}

/// How a state file begins; `None` if there is none.
fn head(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    match files::open(path) {
        // Something else may be where the folder was.
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        // No file of ours.
        Err(e) if matches!(e.kind(), ErrorKind::InvalidInput | ErrorKind::IsADirectory) => Ok(Some(bytes)),
        file => file?.take(head_len() as u64).read_to_end(&mut bytes).map(|_| Some(bytes)),
    }
}

impl Lock {
    /// Make sure that the environment is still ours. A lock file that is merely gone is made again, and the folder with it:
    /// nobody else has come, because who comes makes one and lets it lie.
    ///
    /// # Errors
    /// [`StoreError::Lost`] when somebody else has, or may have, what this run works on; [`StoreError::Io`] when that cannot
    /// be said.
    pub(crate) fn check(&self) -> Result<()> {
        self.compare()?;
        if self.is_locked()? {
            return Ok(());
        }
        self.take_again()?;
        self.compare()
    }

    /// Whether nobody can have come since the lock was taken.
    fn is_locked(&self) -> Result<bool> {
        let path = self.place().lock_file();
        is_at(&self.0.file.borrow(), &path).map_err(|e| StoreError::io("look at the lock file", path, e))
    }

    /// What the state file holds must be what we know. That it is gone is no loss: all of it is known here.
    fn compare(&self) -> Result<()> {
        let path = self.place().state_file();
        let there = head(&path).map_err(|e| StoreError::io("look at the state file", path, e))?;
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
        Ok(())
    }

    /// After a save: nobody may have read the state before it.
    pub(crate) fn check_again(&self) -> Result<()> {
        match self.is_locked()? {
            true => Ok(()),
            false => Err(self.lost(Loss::Lock(holder_of(&self.place().lock_file()).map(Box::new)))),
        }
    }

    fn lost(&self, loss: Loss) -> StoreError {
        StoreError::Lost { path: self.place().path().into(), loss, record: Record::Whole }
    }

    /// Whether all that this run had begun is in the state file, whoever wrote that.
    pub(crate) fn is_known_there(&self) -> bool {
        let there = self.place().read().ok().flatten().map(|state| intents(&state)).unwrap_or_default();
        self.0.seen.borrow().intents.is_subset(&there)
    }

    /// Where a run keeps what it knows once the state file is not its own.
    pub(crate) fn rescue_file(&self) -> PathBuf {
        rescue_file(self.place(), &self.0.holder)
    }
}

fn rescue_file(place: &Place, holder: &Holder) -> PathBuf {
    let since = holder.since.strftime("%Y%m%dT%H%M%S%.3fZ");
    place.file(&format!("state.json.rescued-{since}"))
}
