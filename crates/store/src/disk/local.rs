//! The local file system.
use super::Disk;
use crate::files;
use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, ErrorKind, Write},
    path::Path,
};

/// An upper bound for the size of a state file. A state of tens of thousands of nodes is smaller.
pub(crate) const LARGEST: u64 = 256 << 20;

/// The local file system. Files are created with mode 0600 and folders with 0700, where modes exist.
#[derive(Clone, Copy, Debug, Default)]
pub struct Local;

/// Options that create files readable by their owner only.
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
        // The handle need not be the writer's: fsync applies to the file, not to the handle.
        OpenOptions::new().write(true).open(path)?.sync_all()
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        // On other platforms folders cannot be opened, and the file system's journal makes names durable.
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
            // FAT and some network mounts do not support hard links.
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
