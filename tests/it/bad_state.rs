//! A state folder that cannot be written, and a state that cannot be read: refused with what to do, and nothing in AWS
//! or in the folder is changed. Damage is never "no state".
use crate::{gate::Gate, moto::Moto, world::World};
use insta::assert_snapshot;
use std::{fs, os::unix::fs::PermissionsExt};

const COMMANDS: [&str; 5] =
    ["up --sandbox --yes", "down --sandbox --yes", "plan --sandbox", "status --sandbox", "outputs --sandbox"];

/// An environment in the sandbox, what its state became of, and how that is refused. It says the first refusal.
fn damaged(damage: impl Fn(Vec<u8>) -> Vec<u8>) -> String {
    let world = World::empty();
    world.run("up --suffix staging --sandbox --yes").ends(0);
    let state = world.sandbox_place().join("state.json");
    let whole = fs::read(&state).unwrap();
    let bad = damage(whole.clone());
    fs::write(&state, &bad).unwrap();
    let aws = fs::read(world.here().join(".vidpipe/sandbox/aws.json")).unwrap();

    let told = COMMANDS.map(|command| world.run(&format!("{command} --suffix staging")).ends(6).told());
    assert_eq!(told.iter().find(|t| **t != told[0]), None, "not the same reason");
    assert_eq!(fs::read(&state).unwrap(), bad, "the damaged state was written over");
    assert!(fs::read(world.here().join(".vidpipe/sandbox/aws.json")).unwrap() == aws, "something was changed");
    // All environments can still be listed, and this one is not hidden.
    let listed = world.run("status --sandbox").ends(0).stdout;
    assert!(listed.contains("staging"), "{listed}");

    fs::write(&state, whole).unwrap();
    world.run("down --suffix staging --sandbox --yes").ends(0);
    let [told, ..] = told;
    told
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

/// Its file is gone, but its backups are not: that is no environment that was never there.
#[test]
fn lost() {
    let world = World::empty();
    world.run("up --suffix staging --sandbox --yes").ends(0);
    fs::remove_file(world.sandbox_place().join("state.json")).unwrap();
    assert_snapshot!("state_lost", world.run("up --suffix staging --sandbox --yes").ends(6).told());
}

#[test]
fn a_file_where_the_folder_should_be() {
    let world = World::empty();
    world.write("taken", "");
    let ran = world.run("up --suffix staging --sandbox --yes --state taken").ends(6);
    assert!(ran.stderr.contains("--state"), "the remedy is not named: {}", ran.stderr);
    assert_snapshot!("folder_is_a_file", ran.told());
    assert_eq!(fs::read(world.here().join("taken")).unwrap(), b"");
}

#[test]
fn a_file_where_the_folder_should_be_before_the_endpoint() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let world = World::at(&gate.endpoint());
    world.write("taken", "");
    let ran = world.run("up --suffix staging --yes --state taken").ends(6);
    assert!(ran.stderr.contains("--state"), "the remedy is not named: {}", ran.stderr);
    assert_snapshot!("folder_is_a_file_before_the_endpoint", ran.told());
    assert_eq!(gate.changes(), [""; 0]);
}

#[test]
fn a_folder_that_is_read_only() {
    let world = World::empty();
    let folder = world.here().join("closed");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o500)).unwrap();
    if fs::write(folder.join("probe"), "").is_ok() {
        // The superuser writes where it likes, and vidpipe with it.
        fs::remove_file(folder.join("probe")).unwrap();
        return;
    }
    assert_snapshot!(
        "folder_is_read_only",
        world.run("up --suffix staging --sandbox --yes --state closed").ends(6).told()
    );
}
