//! A folder that is removed while a run is at work in it. What the run knows is then in memory only: the folder is made again,
//! and where that cannot be, the state is put where somebody can fetch it.
use crate::{Lock, Place, Result, StoreError, disk, document};
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};
use vidpipe_engine::State;

impl Place {
    /// Whether its folder was removed.
    pub(crate) fn is_gone(&self) -> bool {
        matches!(self.path().symlink_metadata(), Err(e) if e.kind() == io::ErrorKind::NotFound)
    }
}

impl Lock {
    /// Make the folder again, as the first run made it.
    ///
    /// # Errors
    /// [`StoreError::Unwritable`] when it cannot be made.
    pub(crate) fn restore(&self) -> Result<()> {
        let place = self.place();
        let unwritable = |source| StoreError::Unwritable { path: place.path().into(), source };
        place.make_folder().and_then(|()| place.keep_out_of_git()).map_err(unwritable)?;
        self.0.restored.set(true);
        Ok(())
    }

    /// Put a state that cannot be saved into that folder, under a name of its own, for somebody to put back in its place.
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
