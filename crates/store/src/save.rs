//! Replacing the state: all or nothing, durable when it returns, and never without a way back.
use crate::{
    Lock, Place, Record, Result, StoreError,
    disk::{Disk, LARGEST},
    document,
};
use std::{
    io,
    path::{Path, PathBuf},
};
use vidpipe_engine::{Error, State, Store};

/// How many states of earlier runs are kept as backups.
pub const BACKUPS: usize = 5;

/// In one save the folder is made again at most so often: who removes it may not be done yet.
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

    fn place(&self) -> &Place {
        self.lock.place()
    }

    /// Write a new file beside the state, and put it in the state's place in one step.
    fn replace(&mut self, state: &State) -> Result<()> {
        self.lock.check()?;
        let bytes = document::encode(state)?;
        let fresh = self.place().file("state.json.tmp");
        let disk = self.place().disk.clone();
        let failed = |e| StoreError::io("write the state file", &fresh, e);
        if bytes.len() as u64 > LARGEST {
            return Err(failed(io::ErrorKind::FileTooLarge.into()));
        }
        // Ours alone, by the lock: what is here was left by a run that was killed.
        disk.remove(&fresh).map_err(failed)?;
        let written = disk.create(&fresh, &bytes).and_then(|()| disk.sync_file(&fresh));
        if let Err(e) = written {
            // The rest of a write that failed takes room that a full disk does not have.
            let _ = disk.remove(&fresh);
            return Err(failed(e));
        }
        self.back_up(&*disk)?;
        let path = self.place().state_file();
        // Syncing takes its time, in which others may have come.
        self.lock.check()?;
        self.lock.0.seen.borrow_mut().replacing(&bytes);
        disk.rename(&fresh, &path).map_err(|e| StoreError::io("replace the state file", &path, e))?;
        let folder = self.place().path();
        disk.sync_folder(folder).map_err(|e| StoreError::io("make durable the folder", folder, e))?;
        self.lock.0.seen.borrow_mut().replaced(state);
        self.lock.check_again()
    }

    /// What was not saved because somebody else has the environment is kept beside it, where the state file does not know of
    /// it. That file decides nothing by itself: it is for people.
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

    /// Keep the version that is about to be replaced; and, once per run, the one the run found.
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

/// Give `from` the second name `to`, which may be taken.
fn again(disk: &dyn Disk, from: &Path, to: &Path) -> io::Result<()> {
    disk.remove(to)?;
    disk.link(from, to)
}

fn rotate(disk: &dyn Disk, place: &Place) -> io::Result<()> {
    let name = |n: usize| place.file(&format!("state.json.bak.{n}"));
    // Up to the first gap only: a run that cannot get past this point must not push out one backup with every attempt.
    let gap = (1..BACKUPS).find(|n| !name(*n).exists()).unwrap_or(BACKUPS);
    for n in (1..gap).rev() {
        disk.rename(&name(n), &name(n + 1))?;
    }
    Ok(())
}

impl Store for FileStore {
    fn save(&mut self, state: &State) -> Result<(), Error> {
        let mut saved = self.replace(state);
        for _ in 0..RESTORED {
            if saved.is_ok() || !self.place().is_gone() {
                break;
            }
            saved = self.replace(state);
        }
        Ok(saved.map_err(|e| self.rescued(e, state))?)
    }

    fn check(&self) -> Result<(), Error> {
        Ok(self.lock.check()?)
    }
}

impl Lock {
    /// Forget the state, after everything in it is gone. The history of the runs stays.
    ///
    /// # Errors
    /// [`StoreError::Lost`] when it is not ours any more, [`StoreError::Io`] when a file cannot be removed; the state is the last to go, so it can be asked again.
    pub fn remove_state(&self) -> Result<()> {
        self.check()?;
        let (place, folder) = (self.place(), self.place().path());
        let remove = |path: PathBuf| place.disk.remove(&path).map_err(|e| StoreError::io("remove", &path, e));
        let sync = || place.disk.sync_folder(folder).map_err(|e| StoreError::io("make durable the folder", folder, e));
        place.backup_files().chain([place.file("state.json.tmp")]).try_for_each(remove)?;
        // A power cut must not take the state and leave a backup: that is a state that was lost.
        sync()?;
        remove(place.state_file())?;
        sync()
    }
}
