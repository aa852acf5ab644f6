//! The one writer of files that users ask for.
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

/// Somewhere a user wants something written to.
///
/// A regular file is replaced as a whole: a temporary file of a name that nobody can know, in the same folder, is synced and
/// renamed. A symbolic link stays, and what it leads to is replaced. What is no regular file (a device, a pipe, `/dev/stdout`,
/// `/dev/fd/3`) is written to.
#[derive(Clone, Debug)]
pub struct Output(Target);

impl Output {
    /// What that path stands for now. Nothing is written, and nothing made.
    ///
    /// # Errors
    /// When it is clear already that nothing can be written there: it is a folder, or closed to this user.
    pub fn at(path: &Path) -> io::Result<Self> {
        let target = Target::of(path)?;
        if let Target::File(file) = &target {
            if file.file_name().is_none() {
                return Err(io::Error::new(ErrorKind::IsADirectory, "it is a folder, not a file"));
            }
            if file.exists() {
                // Its folder may allow to replace it; whoever made it read-only did not mean that.
                access(file, Access::WRITE_OK)?;
            }
            may_be_made_in(folder(file))?;
        }
        Ok(Self(target))
    }

    /// Whether it is this process's own stdout: who has more to say there says it in order.
    pub fn is_stdout(&self) -> bool {
        self.0 == Target::Stdout
    }

    /// Put these bytes there, in place of what a regular file has. It keeps its mode, and its owner where that is allowed; a
    /// new one gets the mode this user's files have.
    ///
    /// # Errors
    /// As the file system says; then the file is as it was.
    pub fn put(&self, bytes: &[u8]) -> io::Result<()> {
        self.write(bytes, |fresh, path| fresh.persist(path).map_err(|e| e.error))
    }

    /// Put these bytes there, where no file is yet.
    ///
    /// # Errors
    /// `AlreadyExists` if there is a file, and else as the file system says; then there is none, nor half of one.
    pub fn put_new(&self, bytes: &[u8]) -> io::Result<()> {
        if matches!(&self.0, Target::File(path) if path.exists()) {
            return Err(ErrorKind::AlreadyExists.into());
        }
        self.write(bytes, |fresh, path| fresh.persist_noclobber(path).map_err(|e| e.error))
    }

    /// Open it to write to its end. A new file is made for its owner's eyes only.
    ///
    /// # Errors
    /// As the file system says.
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
            // To be synced it must be opened, which a folder that files may only be put into does not allow.
            Err(e) if e.kind() == ErrorKind::PermissionDenied => Ok(()),
            other => other,
        }
    }
}

/// Give a file the owner and the mode of another one.
fn like(file: &File, found: &Metadata) -> io::Result<()> {
    let own = file.metadata()?;
    if (own.uid(), own.gid()) != (found.uid(), found.gid()) {
        // Only the superuser may give files away. Whoever may replace a file of somebody else's has one of their own then.
        let _ = fchown(file, Some(found.uid()), Some(found.gid()));
    }
    file.set_permissions(Permissions::from_mode(found.mode() & 0o777))
}

/// Something that is no regular file, opened to be written to.
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
    // Only its opening would have been waited for for ever.
    fcntl_setfl(&file, fcntl_getfl(&file)?.difference(OFlags::NONBLOCK))?;
    Ok(file)
}

/// Whether a file may be made in that folder, or that folder where it is not there yet.
fn may_be_made_in(wanted: &Path) -> io::Result<()> {
    let there = wanted.ancestors().map(|f| if f.as_os_str().is_empty() { Path::new(".") } else { f });
    let Some(there) = there.into_iter().find(|f| f.symlink_metadata().is_ok()) else { return Ok(()) };
    if !fs::metadata(there)?.is_dir() {
        return Err(ErrorKind::NotADirectory.into());
    }
    Ok(access(there, Access::WRITE_OK | Access::EXEC_OK)?)
}
