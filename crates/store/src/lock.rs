//! One run at a time per environment.
//!
//! The kernel's lock is taken on a file that vidpipe never renames or removes. It is released when the process ends,
//! for any reason, so no stale lock can remain. The content of the file is for people; only the kernel lock counts. For
//! the case that another program removes the lock file, see `claim.rs`.
use crate::{EnvDir, FileStore, Result, StoreError, claim::Seen, disk, files};
use jiff::Timestamp;
use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};
use std::{
    cell::{Cell, RefCell},
    fmt,
    fs::{self, File, TryLockError},
    io::{self, ErrorKind, Seek, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    rc::Rc,
};

/// An upper bound for the size of a lock file.
const LONGEST: u64 = 4096;

/// The holder of a lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The process ID.
    pub pid: u32,
    /// The host name.
    pub host: String,
    /// The command it runs, such as `up`.
    pub command: String,
    /// The start time of the run.
    pub since: Timestamp,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pid, host, command, since } = self;
        write!(f, "`vidpipe {command}`, process {pid} on {host}, since {since:.0}")
    }
}

pub(crate) struct Held {
    pub(crate) place: EnvDir,
    pub(crate) holder: Holder,
    pub(crate) file: RefCell<File>,
    pub(crate) seen: RefCell<Seen>,
    /// Whether the folder was removed during the run and created again.
    pub(crate) restored: Cell<bool>,
    /// Whether the lock file was removed during the run and created again.
    pub(crate) retaken: Cell<bool>,
}

/// The right to change an environment. It is released when the last clone of it, and the last store created from it, is
/// dropped.
#[derive(Clone)]
pub struct Lock(pub(crate) Rc<Held>);

impl fmt::Debug for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lock").field(&self.0.place.path()).finish()
    }
}

impl Lock {
    pub(crate) fn take(place: &EnvDir, command: &str, now: Timestamp) -> Result<Self> {
        let path = place.lock_file();
        let failed = |e| StoreError::Unwritable { path: path.clone(), source: e };
        let host = gethostname::gethostname().to_string_lossy().into_owned();
        let holder = Holder { pid: std::process::id(), host, command: command.into(), since: now };
        let file = match hold(&path).map_err(failed)? {
            Some(file) => file,
            None => return Err(StoreError::Locked { holder: holder_of(&path), path }),
        };
        sign(&file, &holder).map_err(failed)?;
        let (seen, file) = (RefCell::new(Seen::now(&place.state_file())), RefCell::new(file));
        let (restored, retaken) = (Cell::default(), Cell::default());
        Ok(Self(Rc::new(Held { place: place.clone(), holder, file, seen, restored, retaken })))
    }

    /// Whether the folder was removed while it was locked, and created again, without its backups and its history.
    pub fn was_restored(&self) -> bool {
        self.0.restored.get()
    }

    /// Whether the lock file was removed while it was locked, and created again. No other run started meanwhile.
    pub fn was_retaken(&self) -> bool {
        self.0.retaken.get()
    }

    /// The locked environment directory.
    pub fn place(&self) -> &EnvDir {
        &self.0.place
    }

    /// The store of this environment's state. The store holds the lock too.
    pub fn store(&self) -> FileStore {
        FileStore::new(self.clone())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // So that the next run does not read a stale holder. Closing the file releases the kernel lock even if this
        // fails.
        let _ = self.file.borrow().set_len(0);
    }
}

impl EnvDir {
    pub(crate) fn lock_file(&self) -> PathBuf {
        self.file("state.json.lock")
    }
}

/// Takes the kernel's lock on a file, and creates the file if it is missing. Returns `None` if another process holds
/// the lock.
pub(crate) fn hold(path: &Path) -> io::Result<Option<File>> {
    loop {
        let file = options().create(true).truncate(false).open(path)?;
        match file.try_lock() {
            // The file was removed between `open` and `try_lock`: the next process would lock a new file of that name.
            Ok(()) if !is_at(&file, path)? => {}
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(e)) => return Err(e),
        }
    }
}

/// The options for opening a lock file. Symbolic links are not followed, so that nothing is written to their targets.
pub(crate) fn options() -> fs::OpenOptions {
    let mut options = disk::private();
    options.read(true).write(true).custom_flags(files::flags(OFlags::NOFOLLOW | OFlags::NONBLOCK));
    options
}

/// Whether the open file is still the file at that path.
pub(crate) fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    let own = file.metadata()?;
    match fs::symlink_metadata(path) {
        Ok(there) => Ok((there.dev(), there.ino()) == (own.dev(), own.ino())),
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(false),
        Err(e) => Err(e),
    }
}

/// Writes the holder into a lock file.
pub(crate) fn sign(mut file: &File, holder: &Holder) -> io::Result<()> {
    let text = serde_json::to_vec(holder)?;
    file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(&text))
}

pub(crate) fn holder_of(path: &Path) -> Option<Holder> {
    serde_json::from_slice(&files::read(path, LONGEST).ok()?).ok()
}
