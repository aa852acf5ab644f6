//! One run at a time per environment.
//!
//! The lock is the kernel's, on a file that is never renamed or removed: it ends with the process, however that ends,
//! so there is no stale lock to break. What is written in the file is for people; only the kernel decides.
use crate::{FileStore, Place, Result, StoreError, disk};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{
    cell::{Cell, RefCell},
    fmt,
    fs::{File, TryLockError},
    io::{Read, Seek, Write},
    path::Path,
    rc::Rc,
};

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

struct Held {
    place: Place,
    file: RefCell<File>,
    command: String,
    since: Timestamp,
    /// Whether the folder was removed meanwhile, and made again.
    restored: Cell<bool>,
}

/// The right to change an environment. It ends when the last clone of it, and the last store made from it, is dropped.
#[derive(Clone)]
pub struct Lock(Rc<Held>);

impl fmt::Debug for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lock").field(&self.0.place.path()).finish()
    }
}

impl Lock {
    pub(crate) fn take(place: &Place, command: &str, now: Timestamp) -> Result<Self> {
        let file = RefCell::new(locked(place, command, now)?);
        let (place, command, restored) = (place.clone(), command.to_owned(), Cell::new(false));
        Ok(Self(Rc::new(Held { place, file, command, since: now, restored })))
    }

    /// Take it again, after the lock's file went with its folder.
    pub(crate) fn again(&self) -> Result<()> {
        let Held { place, file, command, since, restored } = &*self.0;
        *file.borrow_mut() = locked(place, command, *since)?;
        restored.set(true);
        Ok(())
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

/// The lock's file of that place, locked.
fn locked(place: &Place, command: &str, since: Timestamp) -> Result<File> {
    let path = place.file("state.json.lock");
    let failed = |e| StoreError::Unwritable { path: path.clone(), source: e };
    let mut options = disk::private();
    let mut file = options.read(true).write(true).create(true).truncate(false).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(StoreError::Locked { holder: holder(&path), path }),
        Err(TryLockError::Error(e)) => return Err(failed(e)),
    }
    let host = gethostname::gethostname().to_string_lossy().into_owned();
    let holder = Holder { pid: std::process::id(), host, command: command.into(), since };
    let text = serde_json::to_vec(&holder)?;
    file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(&text)).map_err(failed)?;
    Ok(file)
}

impl Drop for Held {
    fn drop(&mut self) {
        // So that who comes next is not told of us. The kernel lets go when the file is closed, whatever becomes of this.
        let _ = self.file.borrow().set_len(0);
    }
}

fn holder(path: &Path) -> Option<Holder> {
    let mut text = String::new();
    File::open(path).ok()?.read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}
