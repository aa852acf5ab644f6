//! The file system of this machine.
use super::Disk;
use crate::files;
use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, ErrorKind, Write},
    path::Path,
};

/// A state of tens of thousands of nodes has less.
pub(crate) const LARGEST: u64 = 256 << 20;

/// The file system of this machine. Files are made with mode 0600 and folders with 0700, where modes exist.
#[derive(Clone, Copy, Debug, Default)]
pub struct Local;

/// Options that open files closed to others.
pub(crate) fn private() -> OpenOptions {
    #[cfg_attr(not(unix), allow(unused_mut, reason = "modes exist on unix only"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

impl Disk for Local {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        files::read(path, LARGEST)
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.recursive(true).create(path)
    }

    fn create(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        private().write(true).create_new(true).open(path)?.write_all(bytes)
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        // Another handle than the writer's: fsync is of the file, not of the handle.
        OpenOptions::new().write(true).open(path)?.sync_all()
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        // Elsewhere folders cannot be opened, and names are made durable by the file system's journal.
        if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        match fs::hard_link(from, to) {
            Err(e) if matches!(e.kind(), ErrorKind::AlreadyExists | ErrorKind::NotFound | ErrorKind::StorageFull) => {
                Err(e)
            }
            // FAT and some network mounts have no second names.
            Err(_) => self.create(to, &self.read(from)?),
            Ok(()) => Ok(()),
        }
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        match fs::remove_file(path) {
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }
}
