//! A disk for tests that save thousands of times.
use std::{io, path::Path};
use vidpipe_store::disk::{Disk, Local};

/// The local disk without syncing: hundreds of failing saves need not survive a real power cut.
#[derive(Clone, Copy)]
pub(crate) struct Unsynced;

impl Disk for Unsynced {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        Local.read(path)
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        Local.make_folder(path)
    }

    fn create(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        Local.create(path, bytes)
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        assert!(path.is_file());
        Ok(())
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        assert!(path.is_dir());
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        Local.rename(from, to)
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        Local.link(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        Local.remove(path)
    }
}
