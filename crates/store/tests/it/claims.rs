//! The lock file or the folder is removed, or the state is changed, during a run: two runs never both continue, and
//! everything a run started stays recorded.
use crate::{
    meddled::Meddled,
    unsynced::Unsynced,
    world::{folder, names, now, put, staging, state},
};
use jiff::SignedDuration;
use std::{cell::RefCell, fs, os::unix::fs::PermissionsExt, path::PathBuf, rc::Rc};
use vidpipe_engine::Class;
use vidpipe_store::{EnvDir, Folder, Lock, StoreError};

fn lock_file(place: &EnvDir) -> PathBuf {
    place.path().join("state.json.lock")
}

/// Another run, started a second later.
fn second(place: &EnvDir) -> Result<Lock, StoreError> {
    place.lock("down", now() + SignedDuration::from_secs(1))
}

fn rescued(place: &EnvDir) -> Vec<String> {
    names(place.path()).into_iter().filter(|name| name.contains("rescued")).collect()
}

#[test]
fn a_lock_file_that_is_gone_is_made_again() {
    let (_dir, folder) = folder();
    let place = staging(&folder);
    let mut store = place.lock("up", now()).unwrap().store();
    store.save(&state(&place, 1)).unwrap();
    for nodes in [2, 3] {
        fs::remove_file(lock_file(&place)).unwrap();
        store.save(&state(&place, nodes)).unwrap();
        let StoreError::Locked { holder: Some(holder), .. } = second(&place).unwrap_err() else { panic!("not locked") };
        assert_eq!((&*holder.command, holder.since), ("up", now()));
    }
    fs::remove_file(lock_file(&place)).unwrap();
    store.check().unwrap();
    second(&place).unwrap_err();
    drop(store);
    second(&place).unwrap();
}

#[test]
fn a_run_ends_when_another_has_come() {
    let (_dir, folder) = folder();
    let place = staging(&folder);
    let mut first = place.lock("up", now()).unwrap().store();
    first.save(&state(&place, 1)).unwrap();
    fs::remove_file(lock_file(&place)).unwrap();
    let lock = second(&place).unwrap();
    let e = first.check().unwrap_err();
    assert_eq!(e.class, Class::Taken);
    let e = first.save(&state(&place, 2)).unwrap_err();
    assert_eq!(e.class, Class::Taken);
    assert!(e.message.contains("was removed") && e.message.contains("`vidpipe down`, process"), "{e}");
    assert!(e.hint.unwrap().contains("knows of all"), "the state is as it was saved");
    assert_eq!(place.read().unwrap().unwrap(), state(&place, 1), "nothing is written over");
    lock.store().save(&state(&place, 3)).unwrap();
    first.save(&state(&place, 4)).unwrap_err();
    assert_eq!(place.read().unwrap().unwrap(), state(&place, 3));
    assert_eq!(rescued(&place), [""; 0]);
    // The lock file is removed again: the first run stays locked out, and the second run retains the environment.
    fs::remove_file(lock_file(&place)).unwrap();
    assert_eq!(first.check().unwrap_err().class, Class::Taken);
    lock.store().save(&state(&place, 5)).unwrap();
}

#[test]
fn what_lost_the_environment_removes_no_state() {
    let (_dir, folder) = folder();
    let place = staging(&folder);
    let first = place.lock("down", now()).unwrap();
    first.store().save(&state(&place, 1)).unwrap();
    fs::remove_file(lock_file(&place)).unwrap();
    let _second = second(&place).unwrap();
    assert!(matches!(first.remove_state(), Err(StoreError::Lost { .. })));
    assert!(place.read().unwrap().is_some());
}

#[test]
fn an_older_state_in_its_place_ends_the_run_and_what_it_knew_is_kept() {
    let (_dir, folder) = folder();
    let place = staging(&folder);
    let mut store = place.lock("up", now()).unwrap().store();
    store.save(&state(&place, 1)).unwrap();
    let old = fs::read(place.state_file()).unwrap();
    store.save(&state(&place, 3)).unwrap();
    put(&place.state_file(), &old);
    let e = store.save(&state(&place, 4)).unwrap_err();
    assert_eq!(e.class, Class::Taken);
    assert!(e.message.contains("changed by something else"), "{e}");
    assert_eq!(fs::read(place.state_file()).unwrap(), old);
    let file = "state.json.rescued-20261120T101500.000Z";
    assert_eq!(rescued(&place), [file]);
    let file = place.path().join(file);
    let hint = e.hint.unwrap();
    assert!(hint.contains(&format!("cp {} {}", file.display(), place.state_file().display())), "{hint}");
    // State from later saves is in it too.
    store.save(&state(&place, 5)).unwrap_err();
    drop(store);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    fs::copy(file, place.state_file()).unwrap();
    assert_eq!(place.read().unwrap().unwrap(), state(&place, 5));
}

#[test]
fn a_state_that_somebody_makes_before_the_first_save_is_not_written_over() {
    let (_dir, folder) = folder();
    let place = staging(&folder);
    let other = folder.environment("streamtech", "1", "us-east-1", "staging").unwrap();
    other.lock("up", now()).unwrap().store().save(&state(&other, 1)).unwrap();
    let mut store = place.lock("up", now()).unwrap().store();
    fs::copy(other.state_file(), place.state_file()).unwrap();
    let e = store.save(&state(&place, 1)).unwrap_err();
    assert_eq!(e.class, Class::Taken);
    assert_eq!(fs::read(place.state_file()).unwrap(), fs::read(other.state_file()).unwrap());
    assert_eq!(rescued(&place), [""; 0], "it had begun nothing");
}

#[test]
fn a_folder_that_is_gone_is_made_again_with_all_that_is_known() {
    let (_dir, folder) = folder();
    let place = staging(&folder);
    let mut store = place.lock("up", now()).unwrap().store();
    store.save(&state(&place, 1)).unwrap();
    fs::remove_dir_all(folder.root()).unwrap();
    store.check().unwrap();
    store.save(&state(&place, 2)).unwrap();
    second(&place).unwrap_err();
    assert_eq!(place.read().unwrap().unwrap(), state(&place, 2));
    for (path, mode) in [(folder.root(), 0o700), (place.path(), 0o700), (&place.state_file(), 0o600)] {
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, mode, "{}", path.display());
    }
    assert!(folder.root().join(".gitignore").exists());
}

#[test]
fn a_new_environment_in_place_of_the_folder_ends_the_run_and_what_it_knew_is_kept() {
    let (_dir, folder) = folder();
    let place = staging(&folder);
    let mut store = place.lock("up", now()).unwrap().store();
    store.save(&state(&place, 2)).unwrap();
    fs::remove_dir_all(folder.root()).unwrap();
    second(&place).unwrap().store().save(&state(&place, 0)).unwrap();
    assert_eq!(store.save(&state(&place, 3)).unwrap_err().class, Class::Taken);
    assert_eq!(place.read().unwrap().unwrap(), state(&place, 0));
    assert_eq!(rescued(&place).len(), 1);
}

/// The target of a link in place of the lock file is not written to.
#[test]
fn a_link_in_place_of_the_lock_file_is_refused() {
    let (dir, folder) = folder();
    let place = staging(&folder);
    place.probe().unwrap();
    let precious = dir.path().join("precious");
    put(&precious, b"precious");
    std::os::unix::fs::symlink(&precious, lock_file(&place)).unwrap();
    assert!(matches!(place.lock("up", now()), Err(StoreError::Unwritable { .. })));
    assert_eq!(fs::read(&precious).unwrap(), b"precious");
}

/// Whether each run can continue if the second starts at that step of the first run's save; `None` if the save has
/// fewer steps.
fn two(at: u64) -> Option<(bool, bool)> {
    let (_dir, root) = folder();
    let place = staging(&Folder::on(root.root(), Rc::new(Unsynced)));
    place.lock("up", now()).unwrap().store().save(&state(&place, 1)).unwrap();
    let came: Rc<RefCell<Option<Lock>>> = Rc::default();
    // The steps of taking the lock precede those of the save.
    let counted = Meddled::new(0, || ());
    drop(staging(&Folder::on(root.root(), Rc::new(counted.clone()))).lock("up", now()).unwrap());
    let meddled = {
        let (place, came) = (place.clone(), came.clone());
        Meddled::new(counted.steps() + at, move || {
            fs::remove_file(lock_file(&place)).unwrap();
            came.replace(Some(second(&place).unwrap()));
        })
    };
    let mut first = staging(&Folder::on(root.root(), Rc::new(meddled))).lock("up", now()).unwrap().store();
    let ended = first.save(&state(&place, 2));
    let second = came.take()?;
    assert!(ended.as_ref().err().is_none_or(|e| e.class == Class::Taken), "at {at}: {ended:?}");
    // A call follows a successful save.
    let goes_on = ended.is_ok() && first.check().is_ok();
    let follows = second.store().save(&state(&place, 3)).is_ok();
    assert!(place.read().unwrap().is_some(), "at {at}: no state");
    Some((goes_on, follows))
}

#[test]
fn whenever_another_comes_only_one_goes_on() {
    let ends: Vec<(bool, bool)> = (1..).map_while(two).collect();
    assert!(ends.len() >= 8, "remove, create, sync, backups, rename, sync: {ends:?}");
    assert!(ends.iter().all(|(first, second)| !(*first && *second)), "{ends:?}");
    assert!(ends.iter().any(|(_, second)| *second), "{ends:?}");
}
