//! A state folder that cannot be written, and a state that cannot be read: refused with the remedy, and nothing in AWS
//! or in the folder is changed. A damaged state is never treated as no state.
use crate::{gate::Gate, harness::Harness, moto::Moto};
use insta::assert_snapshot;
use std::{fs, os::unix::fs::PermissionsExt};

const COMMANDS: [&str; 5] =
    ["up --sandbox --yes", "down --sandbox --yes", "plan --sandbox", "status --sandbox", "outputs --sandbox"];

/// Damages the state of an environment in the sandbox, and asserts that every command refuses it. Returns the first
/// refusal.
fn damaged(damage: impl Fn(Vec<u8>) -> Vec<u8>) -> String {
    let harness = Harness::empty();
    harness.run("up --suffix staging --sandbox --yes").ends(0);
    let state = harness.sandbox_place().join("state.json");
    let whole = fs::read(&state).unwrap();
    let bad = damage(whole.clone());
    fs::write(&state, &bad).unwrap();
    let aws = fs::read(harness.here().join(".vidpipe/sandbox/aws.json")).unwrap();

    let text = COMMANDS.map(|command| harness.run(&format!("{command} --suffix staging")).ends(6).text());
    assert_eq!(text.iter().find(|t| **t != text[0]), None, "not the same reason");
    assert_eq!(fs::read(&state).unwrap(), bad, "the damaged state was written over");
    assert!(fs::read(harness.here().join(".vidpipe/sandbox/aws.json")).unwrap() == aws, "something was changed");
    // All environments can still be listed, including this one.
    let listed = harness.run("status --sandbox").ends(0).stdout;
    assert!(listed.contains("staging"), "{listed}");

    fs::write(&state, whole).unwrap();
    harness.run("down --suffix staging --sandbox --yes").ends(0);
    let [text, ..] = text;
    text
}

#[test]
fn emptied() {
    assert_snapshot!("state_emptied", damaged(|_| Vec::new()));
}

#[test]
fn truncated() {
    assert_snapshot!("state_truncated", damaged(|whole| whole[..whole.len() / 2].to_vec()));
}

#[test]
fn a_bit_flipped() {
    let flip = |mut whole: Vec<u8>| {
        // In the middle of an id: still JSON, still a state.
        let text = String::from_utf8(whole.clone()).unwrap();
        let at = text.find("\"id\": \"").unwrap() + "\"id\": \"".len();
        whole[at] ^= 1;
        whole
    };
    assert_snapshot!("state_bit_flipped", damaged(flip));
}

#[test]
fn of_a_newer_vidpipe() {
    let newer =
        |whole: Vec<u8>| String::from_utf8(whole).unwrap().replacen("\"format\": 1", "\"format\": 99", 1).into_bytes();
    assert_snapshot!("state_newer", damaged(newer));
}

/// The state file is missing, but its backups exist: that is not a new environment.
#[test]
fn lost() {
    let harness = Harness::empty();
    harness.run("up --suffix staging --sandbox --yes").ends(0);
    fs::remove_file(harness.sandbox_place().join("state.json")).unwrap();
    assert_snapshot!("state_lost", harness.run("up --suffix staging --sandbox --yes").ends(6).text());
}

#[test]
fn a_file_where_the_folder_should_be() {
    let harness = Harness::empty();
    harness.write("taken", "");
    let ran = harness.run("up --suffix staging --sandbox --yes --state taken").ends(6);
    assert!(ran.stderr.contains("--state"), "the remedy is not named: {}", ran.stderr);
    assert_snapshot!("folder_is_a_file", ran.text());
    assert_eq!(fs::read(harness.here().join("taken")).unwrap(), b"");
}

#[test]
fn a_file_where_the_folder_should_be_before_the_endpoint() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let harness = Harness::at(&gate.endpoint());
    harness.write("taken", "");
    let ran = harness.run("up --suffix staging --yes --state taken").ends(6);
    assert!(ran.stderr.contains("--state"), "the remedy is not named: {}", ran.stderr);
    assert_snapshot!("folder_is_a_file_before_the_endpoint", ran.text());
    assert_eq!(gate.changes(), [""; 0]);
}

#[test]
fn a_folder_that_is_read_only() {
    let harness = Harness::empty();
    let folder = harness.here().join("closed");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o500)).unwrap();
    if fs::write(folder.join("probe"), "").is_ok() {
        // The superuser may write anywhere, and so may vidpipe.
        fs::remove_file(folder.join("probe")).unwrap();
        return;
    }
    assert_snapshot!(
        "folder_is_read_only",
        harness.run("up --suffix staging --sandbox --yes --state closed").ends(6).text()
    );
}
