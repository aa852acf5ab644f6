//! Every step of a save fails once, in every way: the disk then holds the old state or the new one, and the next save
//! succeeds.
use crate::{
    faulty::{Faulty, How},
    unsynced::Unsynced,
    world::{folder, names, now, staging, state},
};
use std::{io::ErrorKind, rc::Rc};
use tempfile::TempDir;
use vidpipe_engine::Class;
use vidpipe_store::{EnvDir, Folder};

/// An environment directory with a saved state, on a disk that fails at that step of the next operation.
fn failing(at: u64, how: How) -> (TempDir, EnvDir, Faulty<Unsynced>) {
    let (dir, root) = folder();
    let sound = Folder::on(root.root(), Rc::new(Unsynced));
    let place = staging(&sound);
    let mut store = place.lock("up", now()).unwrap().store();
    store.save(&state(&place, 1)).unwrap();
    store.save(&state(&place, 2)).unwrap();
    drop(store);
    // The steps of taking the lock must not fail.
    let counting = Faulty::new(Unsynced, 0, how);
    let folder = Folder::on(sound.root(), Rc::new(counting.clone()));
    drop(staging(&folder).lock("up", now()).unwrap());
    let at = if at == 0 { 0 } else { at + counting.steps() };
    let disk = Faulty::new(Unsynced, at, how);
    let place = staging(&Folder::on(sound.root(), Rc::new(disk.clone())));
    (dir, place, disk)
}

fn steps_of_a_save() -> u64 {
    let (_dir, place, disk) = failing(0, How::Crash);
    let mut store = place.lock("up", now()).unwrap().store();
    let before = disk.steps();
    store.save(&state(&place, 3)).unwrap();
    disk.steps() - before
}

fn ways() -> Vec<How> {
    let mut ways = vec![How::Crash, How::Once(ErrorKind::StorageFull), How::Once(ErrorKind::ReadOnlyFilesystem)];
    ways.extend((0..4096).step_by(512).map(How::Torn));
    ways
}

#[test]
fn a_save_that_fails_leaves_the_old_state_or_the_new_one() {
    let steps = steps_of_a_save();
    assert!(steps >= 8, "remove, create, sync, backups, rename, sync: {steps}");
    for how in ways() {
        for at in 1..=steps {
            let (_dir, place, _) = failing(at, how);
            let mut store = place.lock("up", now()).unwrap().store();
            let e = store.save(&state(&place, 3)).expect_err("the step does not matter");
            assert_eq!(e.class, Class::Store, "{how:?} at {at}");
            assert!(e.hint.is_some());
            drop(store);
            let nodes = place.read().unwrap().unwrap().entries.len();
            assert!(nodes == 2 || (nodes == 3 && at == steps), "{how:?} at {at}: {nodes} nodes");
        }
    }
}

#[test]
fn a_save_can_be_asked_again() {
    for how in ways().into_iter().filter(|h| *h != How::Crash) {
        for at in 1..=steps_of_a_save() {
            let (_dir, place, _) = failing(at, how);
            let mut store = place.lock("up", now()).unwrap().store();
            store.save(&state(&place, 3)).unwrap_err();
            store.save(&state(&place, 4)).unwrap();
            assert_eq!(place.read().unwrap().unwrap(), state(&place, 4));
            let left = names(place.path());
            let expected = ["state.json", "state.json.bak", "state.json.bak.1", "state.json.lock"];
            let extra: Vec<&String> = left.iter().filter(|n| !expected.contains(&&***n)).collect();
            assert!(extra.iter().all(|n| *n == "state.json.bak.2"), "{how:?} at {at}: {left:?}");
        }
    }
}

#[test]
fn a_run_killed_at_any_step_of_its_save_can_be_followed_by_another() {
    for at in 1..=steps_of_a_save() {
        let (_dir, place, _) = failing(at, How::Crash);
        place.lock("up", now()).unwrap().store().save(&state(&place, 3)).unwrap_err();
        let root = place.path().ancestors().nth(3).unwrap();
        let after = staging(&Folder::on(root, Rc::new(Unsynced)));
        let mut store = after.lock("up", now()).unwrap().store();
        store.save(&state(&after, 4)).unwrap();
        assert_eq!(after.read().unwrap().unwrap(), state(&after, 4));
        assert!(!names(after.path()).contains(&"state.json.tmp".into()));
    }
}

#[test]
fn forgetting_a_state_can_be_cut_short_and_asked_again() {
    for at in 1..=10 {
        let (_dir, place, _) = failing(at, How::Once(ErrorKind::Other));
        let lock = place.lock("down", now()).unwrap();
        lock.remove_state().unwrap_err();
        // The state exists until the second-to-last step, and is never partial.
        assert_eq!(place.read().unwrap().is_some(), at <= 9, "at {at}");
        lock.remove_state().unwrap();
        assert!(place.read().unwrap().is_none());
    }
}

#[test]
fn half_a_gitignore_is_not_left() {
    for kept in [0, 1] {
        let (_dir, root) = folder();
        let counting = Faulty::new(Unsynced, 0, How::Crash);
        staging(&Folder::on(root.root(), Rc::new(counting.clone()))).probe().unwrap();
        std::fs::remove_dir_all(root.root()).unwrap();
        // The last step of the probe fails.
        let torn = Faulty::new(Unsynced, counting.steps(), How::Torn(kept));
        staging(&Folder::on(root.root(), Rc::new(torn))).probe().unwrap_err();
        staging(&root).probe().unwrap();
        assert_eq!(std::fs::read(root.root().join(".gitignore")).unwrap(), b"*\n");
    }
}
