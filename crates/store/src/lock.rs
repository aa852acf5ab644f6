//! One run at a time per environment.
//!
//! The lock is the kernel's, on a file that we never rename or remove: it ends with the process, however that ends, so there
//! is no stale lock to break. What is written in the file is for people; only the kernel decides. What becomes of a lock
//! whose file somebody else removes: `claim.rs`.
use crate::{FileStore, Place, Result, StoreError, claim::Seen, disk, files};
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

/// What is written into a lock file is shorter.
const LONGEST: u64 = 4096;

/// Who holds a lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The process.
    pub pid: u32,
    /// The machine.
    pub host: String,
    /// The command it runs, such as `up`.
    pub command: String,
    /// Since when.
    pub since: Timestamp,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pid, host, command, since } = self;
        write!(f, "`vidpipe {command}`, process {pid} on {host}, since {since:.0}")
    }
}

pub(crate) struct Held {
    pub(crate) place: Place,
    pub(crate) holder: Holder,
    pub(crate) file: RefCell<File>,
    pub(crate) seen: RefCell<Seen>,
    /// Whether the folder was removed meanwhile, and made again.
    pub(crate) restored: Cell<bool>,
}

/// The right to change an environment. It ends when the last clone of it, and the last store made from it, is dropped.
#[derive(Clone)]
pub struct Lock(pub(crate) Rc<Held>);

impl fmt::Debug for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lock").field(&self.0.place.path()).finish()
    }
}

impl Lock {
    pub(crate) fn take(place: &Place, command: &str, now: Timestamp) -> Result<Self> {
        let path = place.lock_file();
        let failed = |e| StoreError::Unwritable { path: path.clone(), source: e };
        let host = gethostname::gethostname().to_string_lossy().into_owned();
        let holder = Holder { pid: std::process::id(), host, command: command.into(), since: now };
        let file = match hold(&path).map_err(failed)? {
            Some(file) => file,
            None => return Err(StoreError::Locked { holder: holder_of(&path), path }),
        };
        sign(&file, &holder).map_err(failed)?;
        let (seen, restored) = (RefCell::new(Seen::now(&place.state_file())), Cell::new(false));
        Ok(Self(Rc::new(Held { place: place.clone(), holder, file: RefCell::new(file), seen, restored })))
    }

    /// Whether the folder was removed while it was locked, and made again: without its backups and its history.
    pub fn was_restored(&self) -> bool {
        self.0.restored.get()
    }

    /// The place that is locked.
    pub fn place(&self) -> &Place {
        &self.0.place
    }

    /// The store of this environment's state. It holds the lock too.
    pub fn store(&self) -> FileStore {
        FileStore::new(self.clone())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // So that who comes next is not told of us. The kernel lets go when the file is closed, whatever becomes of this.
        let _ = self.file.borrow().set_len(0);
    }
}

impl Place {
    pub(crate) fn lock_file(&self) -> PathBuf {
        self.file("state.json.lock")
    }
}

/// The kernel's lock on that file, which is made if it is not there; `None` if another process has it.
pub(crate) fn hold(path: &Path) -> io::Result<Option<File>> {
    loop {
        let file = options().create(true).truncate(false).open(path)?;
        match file.try_lock() {
            // Removed between the two: whoever comes next would lock another file of that name.
            Ok(()) if !is_at(&file, path)? => {}
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(e)) => return Err(e),
        }
    }
}

/// How a lock file is opened. What is written into it must not go where a link leads.
pub(crate) fn options() -> fs::OpenOptions {
    let mut options = disk::private();
    options.read(true).write(true).custom_flags(files::flags(OFlags::NOFOLLOW | OFlags::NONBLOCK));
    options
}

/// Whether that open file is still what has that name.
pub(crate) fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    let own = file.metadata()?;
    match fs::symlink_metadata(path) {
        Ok(there) => Ok((there.dev(), there.ino()) == (own.dev(), own.ino())),
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(false),
        Err(e) => Err(e),
    }
}

/// Write into a lock file who holds it.
pub(crate) fn sign(mut file: &File, holder: &Holder) -> io::Result<()> {
    let text = serde_json::to_vec(holder)?;
    file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(&text))
}

pub(crate) fn holder_of(path: &Path) -> Option<Holder> {
    serde_json::from_slice(&files::read(path, LONGEST).ok()?).ok()
}
