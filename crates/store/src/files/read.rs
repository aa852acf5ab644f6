//! Reads files of unknown origin: at most up to a limit, and without blocking.
use super::target::flags;
use rustix::fs::OFlags;
use std::{
    fs::{self, File, FileType, OpenOptions},
    io::{self, ErrorKind, Read},
    os::unix::fs::{FileTypeExt, OpenOptionsExt},
    path::Path,
};

/// Reads all of a regular file.
///
/// # Errors
/// As the file system reports; `FileTooLarge` if it has more than `most` bytes, `IsADirectory` or `InvalidInput` if it
/// is not a regular file: reading a pipe or a device may block or never end.
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let bytes = read_some(path, most.saturating_add(1))?;
    match bytes.len() as u64 > most {
        true => Err(io::Error::new(ErrorKind::FileTooLarge, format!("it is larger than {}", size(most)))),
        false => Ok(bytes),
    }
}

/// Reads the first bytes of a regular file, at most `most`.
///
/// # Errors
/// As the file system reports; `IsADirectory` or `InvalidInput` if it is not a regular file.
pub fn read_some(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Opens a regular file for reading.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    // Opening some devices has side effects.
    regular(fs::metadata(path)?.file_type())?;
    // If the file became a pipe in between, `open` must not block.
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

/// The kind of a file that is not a regular file.
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
