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
    /// The name of the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The page of the CI job it runs in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
    /// The start of the machine, and the set of processes in which `pid` has a meaning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<String>,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pid, host, command, since, user, job, .. } = self;
        write!(f, "`vidpipe {command}`, process {pid} on {host}")?;
        if let Some(user) = user {
            write!(f, ", user {user}")?;
        }
        write!(f, ", since {since:.0}")?;
        job.as_ref().map_or(Ok(()), |job| write!(f, ", {job}"))
    }
}

impl Holder {
    /// This process.
    pub(crate) fn here(command: &str, now: Timestamp) -> Self {
        let host = gethostname::gethostname().to_string_lossy().into_owned();
        let (command, machine) = (command.into(), machine());
        Self { pid: std::process::id(), host, command, since: now, user: None, job: None, machine }
    }

    /// Whether the process still exists, as far as `us` can tell: only on the same machine, since it was started, and
    /// only of another process.
    pub(crate) fn is_alive(&self, us: &Self) -> Option<bool> {
        if self.machine.is_none() || (&self.machine, &self.host) != (&us.machine, &us.host) || self.pid == us.pid {
            return None;
        }
        let pid = rustix::process::Pid::from_raw(i32::try_from(self.pid).ok()?)?;
        Some(!matches!(rustix::process::test_kill_process(pid), Err(rustix::io::Errno::SRCH)))
    }
}

/// The id of this start of the machine, and of the namespace of processes: two containers share the first.
fn machine() -> Option<String> {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let processes = fs::read_link("/proc/self/ns/pid").ok()?;
    Some(format!("{} {}", boot.trim(), processes.display()))
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
        let holder = Holder::here(command, now);
        let file = match hold(&path).map_err(failed)? {
            Some(file) => file,
            None => return Err(StoreError::Locked { holder: holder_of(&path).map(Box::new), path }),
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
    /// The run that holds the lock now, as far as the lock file names it. It is empty when nobody does.
    pub(crate) fn holder(&self) -> Option<Holder> {
        holder_of(&self.lock_file())
    }

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
