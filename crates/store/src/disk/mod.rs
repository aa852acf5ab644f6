//! The file system operations the store needs, as a trait, so that tests can make each of them fail.
//!
//! This is not a file system abstraction: [`Local`] is a thin layer over `std::fs`. Locks are not included: the kernel
//! provides them.
mod local;

pub use local::Local;
pub(crate) use local::{LARGEST, private};

use std::{io, path::Path};

/// A file system. Every method is one step; a power cut or a full disk may occur before, during or after it.
pub trait Disk {
    /// Reads all bytes of a file.
    ///
    /// # Errors
    /// As the file system reports; `NotFound` if the file does not exist, and those of [`crate::files::read`].
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// Creates a folder and its parents, accessible to their owner only. The folder may exist.
    ///
    /// # Errors
    /// As the file system reports.
    fn make_folder(&self, path: &Path) -> io::Result<()>;

    /// Creates a new file with these bytes, accessible to its owner only. They need not survive a power cut yet.
    ///
    /// # Errors
    /// As the file system reports; `AlreadyExists` if the file exists.
    fn create(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;

    /// Makes the bytes of a file durable: they survive a power cut.
    ///
    /// # Errors
    /// As the file system reports.
    fn sync_file(&self, path: &Path) -> io::Result<()>;

    /// Makes the names in a folder durable: they survive a power cut.
    ///
    /// # Errors
    /// As the file system reports.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;

    /// Renames a file atomically, replacing any file of the new name.
    ///
    /// # Errors
    /// As the file system reports.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Creates a hard link to a file. Where the file system does not support hard links, copies the file.
    ///
    /// # Errors
    /// As the file system reports; `AlreadyExists` if the file exists.
    fn link(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file. It need not exist.
    ///
    /// # Errors
    /// As the file system reports.
    fn remove(&self, path: &Path) -> io::Result<()>;
}
