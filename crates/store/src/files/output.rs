//! The writer of all files that users request.
use super::target::{Target, flags, folder};
use crate::disk;
use rustix::fs::{Access, OFlags, access, fcntl_getfl, fcntl_setfl};
use std::{
    fs::{self, File, Metadata, OpenOptions, Permissions},
    io::{self, ErrorKind, Write},
    os::{
        fd::AsFd,
        unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown},
    },
    path::Path,
};
use tempfile::NamedTempFile;

/// A path that a user wants output written to.
///
/// A regular file is replaced as a whole: a temporary file with an unpredictable name, in the same folder, is synced
/// and renamed. A symbolic link is kept, and its target is replaced. Anything that is not a regular file (a device, a
/// pipe, `/dev/stdout`, `/dev/fd/3`) is written to directly.
#[derive(Clone, Debug)]
pub struct Output(Target);

impl Output {
    /// Resolves the path. Nothing is written or created.
    ///
    /// # Errors
    /// When writing is known to fail: the path is a folder, or not writable for this user.
    pub fn at(path: &Path) -> io::Result<Self> {
        let target = Target::of(path)?;
        if let Target::File(file) = &target {
            if file.file_name().is_none() {
                return Err(io::Error::new(ErrorKind::IsADirectory, "it is a folder, not a file"));
            }
            if file.exists() {
                // The folder may permit replacing it, but a read-only file is meant to stay unchanged.
                access(file, Access::WRITE_OK)?;
            }
            may_be_made_in(folder(file))?;
        }
        Ok(Self(target))
    }

    /// Whether it is this process's own stdout. Callers that also print there must keep the order.
    pub fn is_stdout(&self) -> bool {
        self.0 == Target::Stdout
    }

    /// Writes these bytes, replacing the content of a regular file. An existing file keeps its mode, and its owner
    /// where permitted; a new file gets the user's default mode.
    ///
    /// # Errors
    /// As the file system reports; the file is then unchanged.
    pub fn put(&self, bytes: &[u8]) -> io::Result<()> {
        self.write(bytes, |fresh, path| fresh.persist(path).map_err(|e| e.error))
    }

    /// Writes these bytes to a new file.
    ///
    /// # Errors
    /// `AlreadyExists` if the file exists, and else as the file system reports; no file is then left, not even a
    /// partial one.
    pub fn put_new(&self, bytes: &[u8]) -> io::Result<()> {
        if matches!(&self.0, Target::File(path) if path.exists()) {
            return Err(ErrorKind::AlreadyExists.into());
        }
        self.write(bytes, |fresh, path| fresh.persist_noclobber(path).map_err(|e| e.error))
    }

    /// Opens it for appending. A new file is readable by its owner only.
    ///
    /// # Errors
    /// As the file system reports.
    pub fn append(&self) -> io::Result<File> {
        match &self.0 {
            Target::File(path) => {
                disk::private().append(true).create(true).custom_flags(flags(OFlags::NOFOLLOW)).open(path)
            }
            other => through(other),
        }
    }

    fn write(&self, bytes: &[u8], place: impl FnOnce(NamedTempFile, &Path) -> io::Result<File>) -> io::Result<()> {
        let Target::File(path) = &self.0 else {
            return through(&self.0)?.write_all(bytes);
        };
        let folder = folder(path);
        fs::create_dir_all(folder)?;
        let found = fs::symlink_metadata(path).ok().filter(Metadata::is_file);
        let mut fresh = tempfile::Builder::new()
            .prefix(".vidpipe-")
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(folder)?;
        fresh.write_all(bytes)?;
        if let Some(found) = found {
            like(fresh.as_file(), &found)?;
        }
        fresh.as_file().sync_all()?;
        place(fresh, path)?;
        match disk::Disk::sync_folder(&disk::Local, folder) {
            // Syncing a folder requires opening it, which a write-only folder does not permit.
            Err(e) if e.kind() == ErrorKind::PermissionDenied => Ok(()),
            other => other,
        }
    }
}

/// Gives a file the owner and the mode of another file.
fn like(file: &File, found: &Metadata) -> io::Result<()> {
    let own = file.metadata()?;
    if (own.uid(), own.gid()) != (found.uid(), found.gid()) {
        // Only the superuser may change a file's owner. If that is not permitted, the new file belongs to the current
        // user.
        let _ = fchown(file, Some(found.uid()), Some(found.gid()));
    }
    file.set_permissions(Permissions::from_mode(found.mode() & 0o777))
}

/// Opens anything other than a regular file for writing.
fn through(target: &Target) -> io::Result<File> {
    let path = match target {
        Target::Stdout => return io::stdout().as_fd().try_clone_to_owned().map(File::from),
        Target::Stderr => return io::stderr().as_fd().try_clone_to_owned().map(File::from),
        Target::File(path) | Target::Special(path) => path,
    };
    let opened = OpenOptions::new().append(true).custom_flags(flags(OFlags::NONBLOCK | OFlags::NOCTTY)).open(path);
    let file = opened.map_err(|e| match e.raw_os_error() {
        Some(code) if code == rustix::io::Errno::NXIO.raw_os_error() => {
            io::Error::new(ErrorKind::NotConnected, "nobody reads from it")
        }
        _ => e,
    })?;
    // Only the opening must not block; a reader may then be slow.
    fcntl_setfl(&file, fcntl_getfl(&file)?.difference(OFlags::NONBLOCK))?;
    Ok(file)
}

/// Checks that a file may be created in that folder, or in its nearest ancestor that exists.
fn may_be_made_in(path: &Path) -> io::Result<()> {
    let there = path.ancestors().map(|f| if f.as_os_str().is_empty() { Path::new(".") } else { f });
    let Some(there) = there.into_iter().find(|f| f.symlink_metadata().is_ok()) else { return Ok(()) };
    if !fs::metadata(there)?.is_dir() {
        return Err(ErrorKind::NotADirectory.into());
    }
    Ok(access(there, Access::WRITE_OK | Access::EXEC_OK)?)
}
