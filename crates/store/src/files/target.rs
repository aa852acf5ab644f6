//! What a path of the user's stands for: a file to be replaced, or something to be written to.
use rustix::fs::OFlags;
use std::{
    fs, io,
    os::unix::fs::FileTypeExt,
    path::{Path, PathBuf},
};

/// So many links are followed; the kernel follows no more either.
const LINKS: usize = 40;

/// What is written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A regular file, or nothing yet: its own name, behind all links.
    File(PathBuf),
    /// A device or a pipe, or a descriptor of a process.
    Special(PathBuf),
    /// Our own stdout.
    Stdout,
    /// Our own stderr.
    Stderr,
}

impl Target {
    /// Follows links to where they lead, also to where nothing is yet. Changes nothing.
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

/// The folder a file is in.
pub(super) fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// An open file of a process, by the name the system gives it. What it stands for must not be replaced under the program
/// that has it open, even where it is a regular file: `vidpipe outputs --flat-file /dev/stdout > FILE`.
fn descriptor(path: &Path) -> Option<Target> {
    match path.to_str() {
        Some("/dev/stdout") => return Some(Target::Stdout),
        Some("/dev/stderr") => return Some(Target::Stderr),
        _ => {}
    }
    let number: u32 = path.file_name()?.to_str()?.parse().ok()?;
    // `/dev/fd` is `/proc/self/fd` where there is such a thing, and that is `/proc/<process>/fd`.
    let home = fs::canonicalize(folder(path)).ok()?;
    let own = home == Path::new("/dev/fd") || home == Path::new(&format!("/proc/{}/fd", std::process::id()));
    match number {
        1 if own => Some(Target::Stdout),
        2 if own => Some(Target::Stderr),
        _ if own || (home.starts_with("/proc") && home.ends_with("fd")) => Some(Target::Special(path.to_owned())),
        _ => None,
    }
}

/// Flags of `open`, as the standard library takes them.
pub(crate) const fn flags(flags: OFlags) -> i32 {
    flags.bits().cast_signed()
}
