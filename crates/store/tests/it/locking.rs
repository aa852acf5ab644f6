//! One run at a time, even if the process that holds the lock is killed.
use crate::world::{folder, now, staging, state};
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};
use vidpipe_store::{EnvDir, ErrorKind, Folder, Holder, StoreError};

const ROOT: &str = "VIDPIPE_TEST_LOCK_IN";

fn holder(place: &EnvDir) -> Holder {
    match place.lock("down", now()) {
        Err(e @ StoreError::Locked { .. }) => {
            assert_eq!(e.kind(), ErrorKind::Locked);
            let StoreError::Locked { holder: Some(holder), .. } = e else { panic!("nobody is named: {e}") };
            *holder
        }
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("locked twice"),
    }
}

#[test]
fn a_process_cannot_lock_twice() {
    let (_dir, folder) = folder();
    let place = staging(&folder);
    let lock = place.lock("up --yes", now()).unwrap();
    let held = holder(&place);
    assert_eq!((held.pid, &*held.command, held.since), (std::process::id(), "up --yes", now()));
    assert!(!held.host.is_empty());
    let e = place.lock("down", now()).unwrap_err();
    let message = format!("`vidpipe up --yes`, process {} on {}, since 2026-11-20T10:15:00Z", held.pid, held.host);
    assert!(e.to_string().ends_with(&message), "{e}");
    assert!(e.hint().contains(&held.pid.to_string()), "{}", e.hint());
    drop(lock);
    place.lock("down", now()).unwrap();
}

#[test]
fn a_store_holds_the_lock_it_was_made_from() {
    let (_dir, folder) = folder();
    let place = staging(&folder);
    let mut store = place.lock("up", now()).unwrap().store();
    holder(&place);
    store.save(&state(&place, 1)).unwrap();
    drop(store);
    place.lock("down", now()).unwrap();
}

#[test]
fn other_environments_are_not_locked() {
    let (_dir, folder) = folder();
    let _lock = staging(&folder).lock("up", now()).unwrap();
    folder.environment("streamtech", "1", "us-east-1", "dev").unwrap().lock("up", now()).unwrap();
}

#[test]
fn reading_needs_no_lock() {
    let (_dir, folder) = folder();
    let place = staging(&folder);
    let lock = place.lock("up", now()).unwrap();
    lock.store().save(&state(&place, 1)).unwrap();
    assert_eq!(place.read().unwrap().unwrap(), state(&place, 1));
}

#[test]
fn a_killed_process_leaves_no_lock() {
    let (_dir, folder) = folder();
    let place = staging(&folder);
    let mut child = locked_elsewhere(folder.root());
    assert_eq!(holder(&place).pid, child.id());
    child.kill().unwrap();
    child.wait().unwrap();
    place.lock("down", now()).unwrap();
}

#[test]
fn a_lock_of_this_process_keeps_another_out() {
    let (_dir, folder) = folder();
    let lock = staging(&folder).lock("up", now()).unwrap();
    let out = emulated(folder.root()).output().unwrap();
    assert!(!out.status.success(), "the child got the lock");
    assert!(String::from_utf8_lossy(&out.stderr).contains("the environment is locked by `vidpipe up`"));
    drop(lock);
    let mut child = locked_elsewhere(folder.root());
    child.kill().unwrap();
    child.wait().unwrap();
}

fn emulated(root: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "locking::the_child_locks", "--nocapture"]).env(ROOT, root).stdin(Stdio::piped());
    command
}

/// Starts a process that holds the lock until it is killed.
fn locked_elsewhere(root: &Path) -> Child {
    let mut child = emulated(root).stdout(Stdio::piped()).spawn().unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let locked = out.lines().any(|line| line.unwrap().contains("the lock is ours"));
    assert!(locked, "the child ended without the lock");
    child
}

/// Not a separate test: the child process of the tests above.
#[test]
fn the_child_locks() {
    let Some(root) = std::env::var_os(ROOT) else { return };
    let lock = match staging(&Folder::new(Path::new(&root))).lock("up", now()) {
        Ok(lock) => lock,
        Err(e) => panic!("{e}"),
    };
    println!("the lock is ours");
    // Until the parent closes its end, or kills this process.
    std::io::stdin().read_line(&mut String::new()).unwrap();
    drop(lock);
}
