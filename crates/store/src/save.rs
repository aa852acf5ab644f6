//! Replaces the state: atomically, durably, and always with a backup.
use crate::{
    EnvDir, Lock, Record, Result, StoreError,
    disk::{Disk, LARGEST},
    document,
};
use std::{
    io,
    path::{Path, PathBuf},
};
use vidpipe_engine::{Error, Saving, State, Store, saved};

/// The number of backups of earlier runs' states.
pub const BACKUPS: usize = 5;

/// The maximum number of times one save retries after the folder was removed: its removal may still be in progress.
const RESTORED: usize = 3;

/// The state file of a locked environment.
pub struct FileStore {
    lock: Lock,
    kept: bool,
}

impl FileStore {
    pub(crate) fn new(lock: Lock) -> Self {
        Self { lock, kept: false }
    }

    fn place(&self) -> &EnvDir {
        self.lock.place()
    }

    /// Writes a new file beside the state, and renames it to the state file.
    fn replace(&mut self, state: &State) -> Result<()> {
        self.lock.check()?;
        let bytes = document::encode(state)?;
        let fresh = self.place().file("state.json.tmp");
        let disk = self.place().disk.clone();
        let failed = |e| StoreError::io("write the state file", &fresh, e);
        if bytes.len() as u64 > LARGEST {
            return Err(failed(io::ErrorKind::FileTooLarge.into()));
        }
        // The lock guarantees that only this run uses the file: an existing file was left by a killed run.
        disk.remove(&fresh).map_err(failed)?;
        let written = disk.create(&fresh, &bytes).and_then(|()| disk.sync_file(&fresh));
        if let Err(e) = written {
            // Remove the partial file: it takes space that a full disk does not have.
            let _ = disk.remove(&fresh);
            return Err(failed(e));
        }
        self.back_up(&*disk)?;
        let path = self.place().state_file();
        // Syncing takes time, during which another run may have started.
        self.lock.check()?;
        self.lock.0.seen.borrow_mut().replacing(&bytes);
        disk.rename(&fresh, &path).map_err(|e| StoreError::io("replace the state file", &path, e))?;
        let folder = self.place().path();
        disk.sync_folder(folder).map_err(|e| StoreError::io("make durable the folder", folder, e))?;
        self.lock.0.seen.borrow_mut().replaced(state);
        self.lock.check_again()
    }

    /// Keeps a state that could not be saved because another run took the environment, in a file beside the state file,
    /// unless the state file already records everything. vidpipe never reads that file by itself: it is for people.
    fn rescued(&self, e: StoreError, state: &State) -> StoreError {
        let StoreError::Lost { path, loss, .. } = e else { return e };
        let record = match self.lock.is_known_there() {
            true => Record::Whole,
            false => match self.keep(state) {
                Ok(file) => Record::Kept(file),
                Err(e) => Record::Nowhere(e.to_string()),
            },
        };
        StoreError::Lost { path, loss, record }
    }

    fn keep(&self, state: &State) -> io::Result<PathBuf> {
        let (disk, file) = (&self.place().disk, self.lock.rescue_file());
        let bytes = document::encode(state).map_err(io::Error::other)?;
        let fresh = file.with_added_extension("tmp");
        disk.make_folder(self.place().path())?;
        disk.remove(&fresh)?;
        disk.create(&fresh, &bytes)?;
        disk.sync_file(&fresh)?;
        disk.rename(&fresh, &file)?;
        disk.sync_folder(self.place().path())?;
        Ok(file)
    }

    /// Backs up the version that is about to be replaced; and, once per run, the version at the start of the run.
    fn back_up(&mut self, disk: &dyn Disk) -> Result<()> {
        let (state, last) = (self.place().state_file(), self.place().file("state.json.bak"));
        let failed = |e| StoreError::io("keep a backup of the state file", &state, e);
        if !self.kept {
            let first = self.place().file("state.json.bak.1");
            if state.exists() {
                rotate(disk, self.place()).map_err(failed)?;
                again(disk, &state, &first).map_err(failed)?;
            }
            self.kept = true;
        }
        if state.exists() { again(disk, &state, &last).map_err(failed) } else { Ok(()) }
    }
}

/// Links `from` to the name `to`, replacing any file of that name.
fn again(disk: &dyn Disk, from: &Path, to: &Path) -> io::Result<()> {
    disk.remove(to)?;
    disk.link(from, to)
}

fn rotate(disk: &dyn Disk, place: &EnvDir) -> io::Result<()> {
    let name = |n: usize| place.file(&format!("state.json.bak.{n}"));
    // Shift only up to the first gap: a run that repeatedly fails at this point must not drop one backup per attempt.
    let gap = (1..BACKUPS).find(|n| !name(*n).exists()).unwrap_or(BACKUPS);
    for n in (1..gap).rev() {
        disk.rename(&name(n), &name(n + 1))?;
    }
    Ok(())
}

impl FileStore {
    /// Saves the state. Returns once it would survive a power failure.
    ///
    /// # Errors
    /// When another run took the environment, or the disk failed.
    pub fn save(&mut self, state: &State) -> Result<(), Error> {
        let mut saved = self.replace(state);
        for _ in 0..RESTORED {
            if saved.is_ok() || !self.place().is_gone() {
                break;
            }
            saved = self.replace(state);
        }
        Ok(saved.map_err(|e| self.rescued(e, state))?)
    }

    /// Checks that this run still owns the environment.
    ///
    /// # Errors
    /// When another run took it.
    pub fn check(&self) -> Result<(), Error> {
        Ok(self.lock.check()?)
    }
}

impl Store for FileStore {
    fn save(&mut self, state: &State) -> Saving {
        saved(Self::save(self, state))
    }

    /// If the state is not ours any more, what is known only here is kept in another file.
    fn check(&mut self, state: &State) -> Result<(), Error> {
        if self.lock.check().is_ok() { Ok(()) } else { Self::save(self, state) }
    }
}

impl Lock {
    /// Removes the state after everything in it is deleted. The history of the runs is kept.
    ///
    /// # Errors
    /// [`StoreError::Lost`] when this run no longer holds the environment, [`StoreError::Io`] when a file cannot be
    /// removed. The state file is removed last, so the call can be repeated.
    pub fn remove_state(&self) -> Result<()> {
        self.check()?;
        let (place, folder) = (self.place(), self.place().path());
        let remove = |path: PathBuf| place.disk.remove(&path).map_err(|e| StoreError::io("remove", &path, e));
        let sync = || place.disk.sync_folder(folder).map_err(|e| StoreError::io("make durable the folder", folder, e));
        place.backup_files().chain([place.file("state.json.tmp")]).try_for_each(remove)?;
        // A power cut must not remove the state but keep a backup: that would be reported as a lost state.
        sync()?;
        remove(place.state_file())?;
        sync()
    }
}
