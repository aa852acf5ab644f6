//! A damaged file is never read as a state, and never as "no state".
use crate::world::{folder, now, put, staging, state};
use std::path::PathBuf;
use tempfile::TempDir;
use vidpipe_store::{Damage, EnvDir, ErrorKind, StoreError};

fn saved(nodes: usize) -> (TempDir, EnvDir, Vec<u8>) {
    let (dir, folder) = folder();
    let place = staging(&folder);
    place.lock("up", now()).unwrap().store().save(&state(&place, nodes)).unwrap();
    let bytes = std::fs::read(place.state_file()).unwrap();
    (dir, place, bytes)
}

fn refused(place: &EnvDir, what: &str) -> StoreError {
    match place.read() {
        Ok(state) => panic!("{what}: read as {:?}", state.map(|s| s.serial)),
        Err(e) => {
            assert_eq!(e.kind(), ErrorKind::Refused, "{what}: {e}");
            e
        }
    }
}

fn damage(e: &StoreError) -> &Damage {
    match e {
        StoreError::Damaged { damage, .. } => damage,
        other => panic!("{other}"),
    }
}

#[test]
fn an_empty_file_is_refused() {
    let (_dir, place, _) = saved(1);
    put(&place.state_file(), b"");
    assert_eq!(*damage(&refused(&place, "empty")), Damage::Empty);
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let (_dir, place, bytes) = saved(40);
    assert!(bytes.len() > 20 * 512, "too small to say anything: {}", bytes.len());
    let ends = (512..bytes.len()).step_by(512).chain(bytes.len() - 3..bytes.len());
    for end in ends {
        put(&place.state_file(), &bytes[..end]);
        let e = refused(&place, &format!("cut at {end} of {}", bytes.len()));
        // Without the last line feed the JSON is complete, and only the checksum detects the change.
        let expected = if end + 1 == bytes.len() { Damage::Changed } else { Damage::Truncated };
        assert_eq!(*damage(&e), expected, "cut at {end}");
    }
}

#[test]
fn a_file_with_a_hole_of_zeroes_is_refused() {
    let (_dir, place, bytes) = saved(40);
    for start in (0..bytes.len()).step_by(512) {
        let mut holed = bytes.clone();
        holed[start..(start + 512).min(bytes.len())].fill(0);
        put(&place.state_file(), &holed);
        refused(&place, &format!("a hole at {start}"));
    }
}

#[test]
fn a_file_with_any_bit_flipped_is_refused() {
    let (_dir, place, bytes) = saved(1);
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << bit;
            put(&place.state_file(), &flipped);
            refused(&place, &format!("bit {bit} of byte {at}"));
        }
    }
}

#[test]
fn a_file_edited_by_hand_is_refused() {
    let (_dir, place, bytes) = saved(1);
    let text = String::from_utf8(bytes).unwrap();
    put(&place.state_file(), text.replace("subnet-00000000", "subnet-0000000a").as_bytes());
    assert_eq!(*damage(&refused(&place, "another id")), Damage::Changed);
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    put(&place.state_file(), value.to_string().as_bytes());
    assert_eq!(*damage(&refused(&place, "formatted anew")), Damage::Changed);
    put(&place.state_file(), b"{\"format\": 1}");
    assert_eq!(*damage(&refused(&place, "hardly anything")), Damage::Changed);
    for odd in ["[]", "{}", "null", "{\"format\": \"1\"}", "{\"format\": -1}", "not JSON"] {
        put(&place.state_file(), odd.as_bytes());
        assert!(matches!(damage(&refused(&place, odd)), Damage::Unreadable(_)), "{odd}");
    }
}

#[test]
fn a_newer_format_is_refused_by_name() {
    let (_dir, place, bytes) = saved(1);
    let text = String::from_utf8(bytes).unwrap().replace("\"format\": 1", "\"format\": 99");
    put(&place.state_file(), text.as_bytes());
    let e = refused(&place, "format 99");
    assert!(matches!(e, StoreError::Newer { format: 99, known: 1, .. }), "{e}");
    assert!(e.hint().contains("newer vidpipe"), "{}", e.hint());
}

#[test]
fn the_hint_names_the_newest_whole_backup() {
    let (_dir, place, _) = saved(1);
    let mut store = place.lock("up", now()).unwrap().store();
    store.save(&state(&place, 2)).unwrap();
    store.save(&state(&place, 3)).unwrap();
    put(&place.state_file(), b"");
    let e = refused(&place, "empty");
    let file = |name: &str| -> PathBuf { place.path().join(name) };
    let StoreError::Damaged { backups, .. } = &e else { panic!("{e}") };
    assert_eq!(*backups, [file("state.json.bak"), file("state.json.bak.1")]);
    let cp = format!("cp {} {}", file("state.json.bak").display(), place.state_file().display());
    assert!(e.hint().contains(&cp), "{}", e.hint());
    put(&file("state.json.bak"), b"{");
    let e = refused(&place, "empty");
    assert!(e.hint().contains("state.json.bak.1 "), "{}", e.hint());
    std::fs::copy(file("state.json.bak.1"), place.state_file()).unwrap();
    assert_eq!(place.read().unwrap().unwrap(), state(&place, 1));
}

#[test]
fn a_removed_state_with_backups_is_not_no_state() {
    let (_dir, place, _) = saved(1);
    place.lock("up", now()).unwrap().store().save(&state(&place, 2)).unwrap();
    std::fs::remove_file(place.state_file()).unwrap();
    assert_eq!(*damage(&refused(&place, "removed")), Damage::Gone);
}

#[test]
fn a_state_copied_from_another_environment_is_refused() {
    let (dir, place, bytes) = saved(1);
    let folder = vidpipe_store::Folder::new(&dir.path().join(".vidpipe"));
    let other = folder.environment("streamtech", "999988887777", "us-east-1", "prod").unwrap();
    other.probe().unwrap();
    put(&other.state_file(), &bytes);
    let e = refused(&other, "copied");
    assert_eq!(
        e.to_string(),
        "use the state of streamtech-staging: its suffix is staging, not prod, its account is 111122223333, not 999988887777"
    );
    assert!(place.read().unwrap().is_some());
}
