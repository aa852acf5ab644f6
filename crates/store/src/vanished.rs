//! Handles a folder that is removed during a run. The state is then in memory only: the folder is created again, and if
//! that fails, the state is written to another folder for the user to recover.
use crate::{EnvDir, Lock, Result, StoreError, disk, document};
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};
use vidpipe_engine::State;

impl EnvDir {
    /// Whether the directory was removed.
    pub(crate) fn is_gone(&self) -> bool {
        matches!(self.path().symlink_metadata(), Err(e) if e.kind() == io::ErrorKind::NotFound)
    }
}

impl Lock {
    /// Creates the directory again, in the same way as the first run.
    ///
    /// # Errors
    /// [`StoreError::Unwritable`] when it cannot be created.
    pub(crate) fn restore(&self) -> Result<()> {
        let place = self.place();
        let unwritable = |source| StoreError::Unwritable { path: place.path().into(), source };
        place.make_folder().and_then(|()| place.keep_out_of_git()).map_err(unwritable)?;
        self.0.restored.set(true);
        Ok(())
    }

    /// Writes a state that cannot be saved into another folder, under a unique name, for the user to put back.
    ///
    /// # Errors
    /// [`StoreError::Io`] when it cannot be written there either.
    pub fn rescue(&self, state: &State, folder: &Path) -> Result<PathBuf> {
        let (place, pid) = (self.place(), std::process::id());
        let path = folder.join(format!("vidpipe-{}-{}-{pid}.state.json", place.pipeline(), place.suffix()));
        let bytes = document::encode(state)?;
        let written = disk::private().write(true).create_new(true).open(&path).and_then(|mut file| {
            file.write_all(&bytes)?;
            file.sync_all()
        });
        written.map(|()| path.clone()).map_err(|e| StoreError::io("write the state to", &path, e))
    }
}
