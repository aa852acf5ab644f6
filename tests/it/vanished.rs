//! The state folder is removed in the middle of a run: only the run knows what was created by then.
use crate::{
    gate::{Gate, Held, Lost},
    harness::{Harness, Ran},
    moto::Moto,
};
use std::fs;

const UP: &str = "up --suffix staging --yes -o jsonl";
const DOWN: &str = "down --suffix staging --yes";

struct Removed {
    moto: Moto,
    gate: Gate,
    harness: Harness,
    ran: Ran,
}

/// An `up` whose folder is removed at its 30th call; optionally with a file in its place that prevents recreating it.
fn removed(in_the_way: bool) -> Removed {
    during_up(|harness| {
        // The run is at work in it, so that there may be a new file by the time the folder is to go.
        while fs::remove_dir_all(harness.here().join(".vidpipe")).is_err() {}
        if in_the_way {
            harness.write(".vidpipe", "");
        }
    })
}

/// An `up` at whose 30th call something happens in its folder.
fn during_up(happens: impl FnOnce(&Harness)) -> Removed {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let harness = Harness::at(&gate.endpoint());
    let harness = {
        let here = harness.here();
        harness.with("TMPDIR", here.to_str().unwrap())
    };
    gate.shut_at(30, Lost::Call);
    let up = harness.start(UP);
    gate.wait_shut();
    happens(&harness);
    gate.open(Held::GoOn);
    let ran = up.wait();
    Removed { moto, gate, harness, ran }
}

#[test]
fn a_folder_that_is_removed_is_made_again() {
    let Removed { moto, harness, ran, .. } = removed(false);
    let ran = ran.ends(0);
    assert!(ran.stderr.contains("was removed during this run and was made again"), "{}", ran.stderr);
    assert!(harness.here().join(".vidpipe/.gitignore").exists());
    let made = moto.live();
    harness.run(UP).ends(0);
    assert_eq!(moto.live().differing(&made), [""; 0], "the next run knows what there is");
    harness.run(DOWN).ends(0);
    assert!(!harness.place().join("state.json").exists());
}

#[test]
fn a_lock_file_that_is_removed_is_made_again() {
    let Removed { moto: _moto, gate: _gate, harness, ran } = during_up(|harness| {
        fs::remove_file(harness.place().join("state.json.lock")).unwrap();
    });
    let ran = ran.ends(0);
    assert!(ran.stderr.contains("the lock file in .vidpipe"), "{}", ran.stderr);
    assert!(harness.place().join("state.json.lock").exists());
    harness.run(DOWN).ends(0);
}

#[test]
fn a_folder_that_cannot_be_made_again_ends_the_run_and_its_state_is_told_of() {
    let Removed { moto, gate, harness, ran } = removed(true);
    let ran = ran.ends(3);
    let text = ran.stderr.split_once("mkdir -p ").expect("it is not said what to do").1;
    let (folder, rest) = text.split_once(" && mv ").unwrap();
    let saved = harness.here().join(rest.split_whitespace().next().unwrap().rsplit('/').next().unwrap());
    // Exactly the resources created by then exist, and all of them are in the saved state.
    fs::remove_file(harness.here().join(".vidpipe")).unwrap();
    fs::create_dir_all(harness.here().join(folder)).unwrap();
    fs::rename(saved, harness.place().join("state.json")).unwrap();
    gate.forget();
    harness.run(UP).ends(0);
    assert_eq!(moto.live().twice(), [""; 0]);
    harness.run(DOWN).ends(0);
    assert!(!harness.place().join("state.json").exists());
}
