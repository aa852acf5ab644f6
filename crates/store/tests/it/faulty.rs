//! A file system that fails at a step chosen by a test.
use std::{cell::Cell, io, path::Path, rc::Rc};
use vidpipe_store::disk::Disk;

/// The failure mode of the chosen step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// Only this step fails, and it has no effect.
    Once(io::ErrorKind),
    /// Only this step fails; if it writes bytes, that many of them are written.
    Torn(usize),
    /// This step and all later steps fail, as after a power cut.
    Crash,
    /// This step and all later steps fail with this error, and the process continues: a full disk stays full.
    Rest(io::ErrorKind),
}

/// A file system that fails at the Nth modifying step. Reads never fail. Clones share the count.
#[derive(Clone)]
pub(crate) struct Faulty<D> {
    inner: D,
    at: u64,
    how: How,
    step: Rc<Cell<u64>>,
}

impl<D: Disk> Faulty<D> {
    /// Fails at step `at`, counted from 1; with 0, no step fails, which serves to count the steps of a run.
    pub(crate) fn new(inner: D, at: u64, how: How) -> Self {
        Self { inner, at, how, step: Rc::new(Cell::new(0)) }
    }

    /// The number of modifying steps so far.
    pub(crate) fn steps(&self) -> u64 {
        self.step.get()
    }

    fn step(&self) -> io::Result<()> {
        self.step.set(self.step.get() + 1);
        let (now, at) = (self.step.get(), self.at);
        match self.how {
            How::Crash if at != 0 && now >= at => Err(io::Error::other("the test cut the power")),
            How::Rest(kind) if at != 0 && now >= at => {
                Err(io::Error::new(kind, "the test fails every step from here on"))
            }
            How::Once(kind) if now == at => Err(io::Error::new(kind, "the test failed this step")),
            How::Torn(_) if now == at => Err(io::Error::new(io::ErrorKind::StorageFull, "the test filled the disk")),
            _ => Ok(()),
        }
    }
}

impl<D: Disk> Disk for Faulty<D> {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.inner.read(path)
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        self.inner.make_folder(path)
    }

    fn create(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        if let Err(e) = self.step() {
            if let How::Torn(kept) = self.how {
                self.inner.create(path, bytes.get(..kept).unwrap_or(bytes))?;
            }
            return Err(e);
        }
        self.inner.create(path, bytes)
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        self.inner.sync_file(path)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        self.inner.sync_folder(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        self.inner.rename(from, to)
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        self.inner.link(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        self.inner.remove(path)
    }
}
