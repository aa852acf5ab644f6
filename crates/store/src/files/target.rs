//! Resolves a user's path: to a file to be replaced, or to something to be written to.
use rustix::fs::OFlags;
use std::{
    fs, io,
    os::unix::fs::FileTypeExt,
    path::{Path, PathBuf},
};

/// The maximum number of links that are followed, as in the kernel.
const LINKS: usize = 40;

/// A resolved output path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A regular file, which may not exist yet: its own path, with all links resolved.
    File(PathBuf),
    /// A device, a pipe, or a file descriptor of a process.
    Special(PathBuf),
    /// This process's stdout.
    Stdout,
    /// This process's stderr.
    Stderr,
}

impl Target {
    /// Follows symbolic links, also to a file that does not exist yet. Changes nothing.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let mut at = path.to_owned();
        for _ in 0..LINKS {
            if let Some(stream) = descriptor(&at) {
                return Ok(stream);
            }
            match fs::symlink_metadata(&at) {
                Ok(found) if found.is_symlink() => at = folder(&at).join(fs::read_link(&at)?),
                Ok(found) if found.is_dir() => {
                    return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder, not a file"));
                }
                Ok(found) if found.is_file() => return Ok(Self::File(at)),
                Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Self::File(at)),
                Ok(found) if found.file_type().is_block_device() => {
                    return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is a disk, not a file"));
                }
                Ok(_) => return Ok(Self::Special(at)),
                Err(e) => return Err(e),
            }
        }
        Err(io::Error::new(io::ErrorKind::InvalidInput, "too many symbolic links lead from it"))
    }
}

/// The folder that contains a file.
pub(super) fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// An open file of a process, by its path in `/dev` or `/proc`. It must not be replaced while a program has it open,
/// even if it is a regular file: `vidpipe outputs --flat-file /dev/stdout > FILE`.
fn descriptor(path: &Path) -> Option<Target> {
    match path.to_str() {
        Some("/dev/stdout") => return Some(Target::Stdout),
        Some("/dev/stderr") => return Some(Target::Stderr),
        _ => {}
    }
    let number: u32 = path.file_name()?.to_str()?.parse().ok()?;
    // On Linux, `/dev/fd` is a link to `/proc/self/fd`, which resolves to `/proc/<process>/fd`.
    let home = fs::canonicalize(folder(path)).ok()?;
    let own = home == Path::new("/dev/fd") || home == Path::new(&format!("/proc/{}/fd", std::process::id()));
    match number {
        1 if own => Some(Target::Stdout),
        2 if own => Some(Target::Stderr),
        _ if own || (home.starts_with("/proc") && home.ends_with("fd")) => Some(Target::Special(path.to_owned())),
        _ => None,
    }
}

/// Converts flags of `open` to the type the standard library takes.
pub(crate) const fn flags(flags: OFlags) -> i32 {
    flags.bits().cast_signed()
}
