//! Reading a file that anybody may have put there: never more of it than a limit, and nothing that would be waited for.
use super::target::flags;
use rustix::fs::OFlags;
use std::{
    fs::{self, File, FileType, OpenOptions},
    io::{self, ErrorKind, Read},
    os::unix::fs::{FileTypeExt, OpenOptionsExt},
    path::Path,
};

/// All of a regular file.
///
/// # Errors
/// As the file system says; `FileTooLarge` if it has more than `most` bytes, `IsADirectory` or `InvalidInput` if it is no
/// regular file: a pipe or a device may have no end, or nobody at its other one.
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let bytes = read_some(path, most.saturating_add(1))?;
    match bytes.len() as u64 > most {
        true => Err(io::Error::new(ErrorKind::FileTooLarge, format!("it is larger than {}", size(most)))),
        false => Ok(bytes),
    }
}

/// The first bytes of a regular file, `most` of them at most.
///
/// # Errors
/// As the file system says; `IsADirectory` or `InvalidInput` if it is no regular file.
pub fn read_some(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A regular file, for reading.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    // Opening some devices does something.
    regular(fs::metadata(path)?.file_type())?;
    // What has become a pipe since then is not waited for.
    let mut options = OpenOptions::new();
    let file = options.read(true).custom_flags(flags(OFlags::NONBLOCK)).open(path)?;
    regular(file.metadata()?.file_type())?;
    Ok(file)
}

fn regular(found: FileType) -> io::Result<()> {
    match found {
        found if found.is_file() => Ok(()),
        found if found.is_dir() => Err(io::Error::new(ErrorKind::IsADirectory, "it is a folder, not a file")),
        found => Err(io::Error::new(ErrorKind::InvalidInput, format!("it is {}, not a file", what(found)))),
    }
}

/// What it is that is no file.
fn what(found: FileType) -> &'static str {
    match found {
        found if found.is_fifo() => "a pipe",
        found if found.is_socket() => "a socket",
        _ => "a device",
    }
}

fn size(bytes: u64) -> String {
    const KIB: u64 = 1 << 10;
    const MIB: u64 = 1 << 20;
    match bytes {
        bytes if bytes >= MIB => format!("{} MiB", bytes / MIB),
        bytes if bytes >= KIB => format!("{} KiB", bytes / KIB),
        bytes => format!("{bytes} bytes"),
    }
}
