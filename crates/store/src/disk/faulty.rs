//! A file system that fails where a test wants it to.
use super::Disk;
use std::{cell::Cell, io, path::Path, rc::Rc};

/// How the chosen step fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// This step alone fails, and leaves nothing.
    Once(io::ErrorKind),
    /// This step fails, and if it was to write bytes, that many of them are there.
    Torn(usize),
    /// This step and all after it fail: the process is as good as dead.
    Crash,
    /// This step and all after it fail like this, and the process goes on: a full disk stays full.
    Rest(io::ErrorKind),
}

/// A file system of which the Nth changing step fails. Reading never does. Clones share the count.
#[derive(Clone)]
pub struct Faulty<D> {
    inner: D,
    at: u64,
    how: How,
    step: Rc<Cell<u64>>,
}

impl<D: Disk> Faulty<D> {
    /// Fail the step `at`, counted from 1; 0 fails none, and so counts the steps of a run.
    pub fn new(inner: D, at: u64, how: How) -> Self {
        Self { inner, at, how, step: Rc::new(Cell::new(0)) }
    }

    /// How many changing steps there have been.
    pub fn steps(&self) -> u64 {
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
