//! User files: written as a whole under the given name, without touching other files; read up to a limit.
use crate::world::{folder, names, put, staging};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use std::{
    fs::{self, File},
    io::{ErrorKind, Read},
    os::{
        fd::AsRawFd,
        unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink},
    },
    path::{Path, PathBuf},
    thread,
};
use tempfile::TempDir;
use vidpipe_store::files::{Output, read, read_some};

fn here() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().to_owned();
    (dir, path)
}

fn written(path: &Path, text: &str) {
    Output::at(path).unwrap().put(text.as_bytes()).unwrap();
}

fn pipe(path: &Path) {
    mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_file_is_replaced_and_nothing_else_is_touched() {
    let (_dir, here) = here();
    let (file, precious) = (here.join("out.json"), here.join("precious"));
    put(&precious, b"precious");
    for planted in ["out.json.tmp", ".out.json.tmp", "out.tmp"] {
        symlink(&precious, here.join(planted)).unwrap();
    }
    let before = names(&here);
    for text in ["first", "second, which is longer", "3"] {
        written(&file, text);
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
    }
    assert_eq!(fs::read(&precious).unwrap(), b"precious");
    let new: Vec<String> = names(&here).into_iter().filter(|name| !before.contains(name)).collect();
    assert_eq!(new, ["out.json"]);
}

#[test]
fn it_keeps_its_mode_and_a_new_one_has_that_of_others() {
    let (_dir, here) = here();
    let (file, other) = (here.join("deep/er/out.json"), here.join("other"));
    File::create(&other).unwrap();
    written(&file, "made with its folders");
    assert_eq!(mode(&file), mode(&other));
    for kept in [0o640, 0o600, 0o664] {
        fs::set_permissions(&file, fs::Permissions::from_mode(kept)).unwrap();
        written(&file, "again");
        assert_eq!(mode(&file), kept);
    }
}

#[test]
fn links_stay_and_lead_to_what_is_written() {
    let (_dir, here) = here();
    fs::create_dir(here.join("there")).unwrap();
    put(&here.join("there/real"), b"old");
    symlink("real", here.join("there/second")).unwrap();
    symlink("there/second", here.join("first")).unwrap();
    symlink("there/not yet", here.join("dangling")).unwrap();
    for (link, real) in [("first", "there/real"), ("dangling", "there/not yet")] {
        written(&here.join(link), "new");
        assert!(fs::symlink_metadata(here.join(link)).unwrap().is_symlink(), "{link}");
        assert!(fs::symlink_metadata(here.join(real)).unwrap().is_file(), "{real}");
        assert_eq!(fs::read(here.join(real)).unwrap(), b"new");
    }
    symlink("circle", here.join("circle")).unwrap();
    assert!(Output::at(&here.join("circle")).unwrap_err().to_string().contains("links"));
}

#[test]
fn devices_and_pipes_are_written_to() {
    let (_dir, here) = here();
    let link = here.join("null");
    symlink("/dev/null", &link).unwrap();
    for path in [Path::new("/dev/null"), &link] {
        written(path, "nothing");
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    }
    let fifo = here.join("pipe");
    pipe(&fifo);
    let e = Output::at(&fifo).unwrap().put(b"to nobody").unwrap_err();
    assert_eq!(e.kind(), ErrorKind::NotConnected, "{e}");
    // Opened for reading and writing, so that neither end blocks.
    let mut end = File::options().read(true).write(true).open(&fifo).unwrap();
    let text = "x".repeat(300_000);
    thread::scope(|scope| {
        scope.spawn(|| written(&fifo, &text));
        let mut seen = vec![0; text.len()];
        end.read_exact(&mut seen).unwrap();
        assert_eq!(seen, text.as_bytes());
    });
    assert!(fs::metadata(&fifo).unwrap().file_type().is_fifo());
}

/// A program has the file open, and would keep writing to the replaced file.
#[test]
fn an_open_file_is_written_to_under_its_number() {
    let (_dir, here) = here();
    let path = here.join("open");
    let file = File::create(&path).unwrap();
    let inode = file.metadata().unwrap().ino();
    for folder in ["/dev/fd", "/proc/self/fd"] {
        written(&Path::new(folder).join(file.as_raw_fd().to_string()), folder);
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), "/dev/fd/proc/self/fd");
    assert_eq!(fs::metadata(&path).unwrap().ino(), inode);
}

#[test]
fn what_cannot_be_written_is_refused_beforehand() {
    let (_dir, here) = here();
    put(&here.join("file"), b"");
    for (path, why) in [("", "folder"), ("file/x", "directory"), ("file/x/y", "directory"), (".", "folder")] {
        let e = Output::at(&here.join(path)).unwrap_err();
        assert!(e.to_string().contains(why), "{path}: {e}");
    }
    Output::at(&here.join("not/yet/there")).unwrap();
    assert_eq!(names(&here), ["file"], "looking makes nothing");
}

#[test]
fn a_new_file_takes_no_others_place() {
    let (_dir, here) = here();
    let file = here.join("spec");
    let output = Output::at(&file).unwrap();
    put(&file, b"theirs");
    assert_eq!(output.put_new(b"ours").unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert_eq!(fs::read(&file).unwrap(), b"theirs");
    fs::remove_file(&file).unwrap();
    output.put_new(b"ours").unwrap();
    assert_eq!(fs::read(&file).unwrap(), b"ours");
    assert_eq!(names(&here), ["spec"]);
}

#[test]
fn a_log_is_for_its_owners_eyes() {
    let (_dir, here) = here();
    let file = here.join("log");
    for text in ["one", "two"] {
        std::io::Write::write_all(&mut Output::at(&file).unwrap().append().unwrap(), text.as_bytes()).unwrap();
    }
    assert_eq!((fs::read_to_string(&file).unwrap().as_str(), mode(&file)), ("onetwo", 0o600));
}

#[test]
fn what_is_read_is_a_file_up_to_a_limit() {
    let (_dir, here) = here();
    let file = here.join("file");
    put(&file, b"12345");
    assert_eq!(read(&file, 5).unwrap(), b"12345");
    let e = read(&file, 4).unwrap_err();
    assert_eq!((e.kind(), e.to_string().as_str()), (ErrorKind::FileTooLarge, "it is larger than 4 bytes"));
    assert_eq!(read_some(&file, 4).unwrap(), b"1234");
    // A sparse file larger than memory.
    File::create(&file).unwrap().set_len(1 << 40).unwrap();
    assert_eq!(read(&file, 1 << 20).unwrap_err().to_string(), "it is larger than 1 MiB");
    let fifo = here.join("pipe");
    pipe(&fifo);
    for (path, why) in [(&*fifo, "a pipe"), (Path::new("/dev/zero"), "a device"), (&*here, "a folder")] {
        let e = read(path, 10).unwrap_err();
        assert!(e.to_string().contains(why), "{}: {e}", path.display());
    }
    assert_eq!(read(&here.join("nothing"), 10).unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn what_is_no_file_is_no_state_and_no_history() {
    let (_dir, folder) = folder();
    let place = staging(&folder);
    place.probe().unwrap();
    pipe(&place.state_file());
    let e = place.read().unwrap_err();
    assert!(e.to_string().contains("cannot be understood (it is a pipe, not a file)"), "{e}");
    fs::create_dir(place.path().join("runs")).unwrap();
    pipe(&place.path().join("runs/20261120T101500.000Z-up.jsonl"));
    let e = place.runs().unwrap()[0].events().unwrap_err();
    assert!(e.hint().contains("may be removed"), "{}", e.hint());
    fs::remove_file(place.state_file()).unwrap();
    File::create(place.state_file()).unwrap().set_len(1 << 40).unwrap();
    let e = place.read().unwrap_err();
    assert!(e.to_string().contains("it is larger than 256 MiB"), "{e}");
}
