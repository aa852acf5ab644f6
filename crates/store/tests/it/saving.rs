//! Saving and reading back; backups; the files left on disk.
use crate::world::{folder, names, now, put, staging, state};
use vidpipe_store::BACKUPS;

#[test]
fn what_is_saved_is_what_is_read() {
    let (_dir, folder) = folder();
    let place = staging(&folder);
    assert!(place.read().unwrap().is_none());
    let lock = place.lock("up", now()).unwrap();
    let saved = state(&place, 3);
    lock.store().save(&saved).unwrap();
    assert_eq!(place.read().unwrap().unwrap(), saved);
}

#[test]
fn the_same_state_is_the_same_bytes_and_people_can_read_them() {
    let (_dir, folder) = folder();
    let place = staging(&folder);
    let mut store = place.lock("up", now()).unwrap().store();
    store.save(&state(&place, 2)).unwrap();
    let first = std::fs::read_to_string(place.state_file()).unwrap();
    store.save(&state(&place, 2)).unwrap();
    assert_eq!(std::fs::read_to_string(place.state_file()).unwrap(), first);
    let value: serde_json::Value = serde_json::from_str(&first).unwrap();
    assert_eq!(value["suffix"], "staging");
    assert!(first.lines().count() > 30, "not pretty-printed:\n{first}");
}

#[cfg(unix)]
#[test]
fn others_cannot_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let (_dir, folder) = folder();
    let place = staging(&folder);
    let lock = place.lock("up", now()).unwrap();
    let mut store = lock.store();
    store.save(&state(&place, 1)).unwrap();
    store.save(&state(&place, 2)).unwrap();
    place.record("up", now());
    let mut seen = 0;
    let mut open = vec![folder.root().to_path_buf()];
    while let Some(path) = open.pop() {
        let meta = std::fs::metadata(&path).unwrap();
        let expected = if meta.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(meta.permissions().mode() & 0o777, expected, "{}", path.display());
        seen += 1;
        if meta.is_dir() {
            open.extend(std::fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()));
        }
    }
    assert_eq!(seen, 10, "root, 3 folders, .gitignore, state, lock, backup, runs and one run");
}

#[test]
fn every_run_keeps_the_state_it_found_and_the_oldest_go() {
    let (_dir, folder) = folder();
    let place = staging(&folder);
    for run in 1..=BACKUPS + 3 {
        let mut store = place.lock("up", now()).unwrap().store();
        store.save(&state(&place, 2 * run - 1)).unwrap();
        store.save(&state(&place, 2 * run)).unwrap();
    }
    let of = |file: &str| {
        let text = std::fs::read_to_string(place.path().join(file)).unwrap();
        serde_json::from_str::<serde_json::Value>(&text).unwrap()["entries"].as_object().unwrap().len()
    };
    let last = 2 * (BACKUPS + 3);
    assert_eq!(of("state.json"), last);
    assert_eq!(of("state.json.bak"), last - 1);
    for n in 1..=BACKUPS {
        assert_eq!(of(&format!("state.json.bak.{n}")), last - 2 * n);
    }
    assert_eq!(names(place.path()).len(), 3 + BACKUPS, "{:?}", names(place.path()));
}

#[test]
fn a_run_that_saves_nothing_pushes_no_backup_out() {
    let (_dir, folder) = folder();
    let place = staging(&folder);
    place.lock("up", now()).unwrap().store().save(&state(&place, 1)).unwrap();
    place.lock("up", now()).unwrap().store().save(&state(&place, 2)).unwrap();
    let before = names(place.path());
    drop(place.lock("up", now()).unwrap().store());
    assert_eq!(names(place.path()), before);
}

#[test]
fn what_a_killed_writer_left_is_ignored_and_cleaned() {
    let (_dir, folder) = folder();
    let place = staging(&folder);
    let lock = place.lock("up", now()).unwrap();
    lock.store().save(&state(&place, 1)).unwrap();
    let op = std::fs::read(place.state_file()).unwrap();
    put(&place.path().join("state.json.tmp"), &op[..op.len() / 2]);
    assert_eq!(place.read().unwrap().unwrap(), state(&place, 1));
    lock.store().save(&state(&place, 2)).unwrap();
    assert_eq!(place.read().unwrap().unwrap(), state(&place, 2));
    assert!(!names(place.path()).contains(&"state.json.tmp".into()));
}

#[test]
fn a_state_can_be_forgotten_and_its_history_stays() {
    let (_dir, folder) = folder();
    let place = staging(&folder);
    let lock = place.lock("down", now()).unwrap();
    let mut store = lock.store();
    store.save(&state(&place, 1)).unwrap();
    store.save(&state(&place, 0)).unwrap();
    place.record("down", now());
    lock.remove_state().unwrap();
    assert!(place.read().unwrap().is_none());
    assert!(folder.list().unwrap().is_empty());
    assert_eq!(names(place.path()), ["runs", "state.json.lock"]);
    assert_eq!(place.runs().unwrap().len(), 1);
    lock.remove_state().unwrap();
}
