//! A disk with interference from another program.
use crate::unsynced::Unsynced;
use std::{cell::Cell, io, path::Path, rc::Rc};
use vidpipe_store::disk::Disk;

/// A working disk. Before its Nth modifying step, it runs a callback. Clones share the count.
#[derive(Clone)]
pub(crate) struct Meddled {
    at: u64,
    step: Rc<Cell<u64>>,
    meddle: Rc<dyn Fn()>,
}

impl Meddled {
    /// Runs the callback before step `at`, counted from 1; with 0, it never runs, which serves to count the steps.
    pub(crate) fn new(at: u64, meddle: impl Fn() + 'static) -> Self {
        Self { at, step: Rc::default(), meddle: Rc::new(meddle) }
    }

    /// The number of steps so far.
    pub(crate) fn steps(&self) -> u64 {
        self.step.get()
    }

    fn step(&self) {
        self.step.set(self.step.get() + 1);
        if self.step.get() == self.at {
            (self.meddle)();
        }
    }
}

impl Disk for Meddled {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        Unsynced.read(path)
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        self.step();
        Unsynced.make_folder(path)
    }

    fn create(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.step();
        Unsynced.create(path, bytes)
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        self.step();
        Unsynced.sync_file(path)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.step();
        Unsynced.sync_folder(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step();
        Unsynced.rename(from, to)
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step();
        Unsynced.link(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.step();
        Unsynced.remove(path)
    }
}
