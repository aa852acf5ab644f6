//! The folder is removed during a run.
use crate::world::{folder, now, put, staging, state};
use std::{fs, os::unix::fs::PermissionsExt};
use vidpipe_store::ErrorKind;

#[test]
fn it_is_made_again_as_it_was_and_is_locked() {
    let (_dir, folder) = folder();
    let place = staging(&folder);
    let lock = place.lock("up", now()).unwrap();
    let mut store = lock.store();
    store.save(&state(&place, 1)).unwrap();
    for (nodes, removed) in [(2, folder.root()), (3, place.path())] {
        fs::remove_dir_all(removed).unwrap();
        store.save(&state(&place, nodes)).unwrap();
        assert_eq!(place.read().unwrap().unwrap(), state(&place, nodes));
        assert!(lock.was_restored() && folder.root().join(".gitignore").exists());
        for path in [folder.root(), place.path()] {
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o700, "{}", path.display());
        }
        let refused = place.lock("down", now()).unwrap_err();
        assert!(refused.kind() == ErrorKind::Locked && refused.to_string().contains("`vidpipe up`"), "{refused}");
    }
    drop((lock, store));
    place.lock("down", now()).unwrap();
}

#[test]
fn what_cannot_be_made_again_is_put_elsewhere_whole() {
    let (dir, folder) = folder();
    let place = staging(&folder);
    let lock = place.lock("up", now()).unwrap();
    let mut store = lock.store();
    store.save(&state(&place, 1)).unwrap();
    fs::remove_dir_all(folder.root()).unwrap();
    put(folder.root(), b"in the way");
    store.save(&state(&place, 2)).unwrap_err();
    assert!(!lock.was_restored());
    let saved = lock.rescue(&state(&place, 2), dir.path()).unwrap();
    assert_eq!(fs::metadata(&saved).unwrap().permissions().mode() & 0o777, 0o600);
    lock.rescue(&state(&place, 2), dir.path()).unwrap_err();
    // As the hint says.
    fs::remove_file(folder.root()).unwrap();
    fs::create_dir_all(place.path()).unwrap();
    fs::rename(saved, place.state_file()).unwrap();
    assert_eq!(place.read().unwrap().unwrap(), state(&place, 2));
}
