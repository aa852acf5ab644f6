//! The few things the store asks of a file system, so that tests can make each of them fail.
//!
//! Not a file system of our own: [`Local`] is a thin layer over `std::fs`. Locks are not here: they are the kernel's.
mod faulty;
mod local;

pub use faulty::{Faulty, How};
pub use local::Local;
pub(crate) use local::{LARGEST, private};

use std::{io, path::Path};

/// A file system. Every method is one step that a power cut or a full disk may come before, in or after.
pub trait Disk {
    /// All bytes of a file.
    ///
    /// # Errors
    /// As the file system says; `NotFound` if there is no such file, and those of [`crate::files::read`].
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// Make a folder and those above it, closed to others. It may be there.
    ///
    /// # Errors
    /// As the file system says.
    fn make_folder(&self, path: &Path) -> io::Result<()>;

    /// Make a new file, closed to others, with these bytes. They need not survive a power cut yet.
    ///
    /// # Errors
    /// As the file system says; `AlreadyExists` if there is such a file.
    fn create(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;

    /// Make the bytes of a file survive a power cut.
    ///
    /// # Errors
    /// As the file system says.
    fn sync_file(&self, path: &Path) -> io::Result<()>;

    /// Make the names in a folder survive a power cut.
    ///
    /// # Errors
    /// As the file system says.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;

    /// Give a file another name, replacing what has that name, in one step.
    ///
    /// # Errors
    /// As the file system says.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Give a file a second name. Where the file system has no such thing, a copy will do.
    ///
    /// # Errors
    /// As the file system says; `AlreadyExists` if there is such a file.
    fn link(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Remove a file. It may be gone.
    ///
    /// # Errors
    /// As the file system says.
    fn remove(&self, path: &Path) -> io::Result<()>;
}
