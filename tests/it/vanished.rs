//! The state folder is removed in the middle of a run: what was made by then is known to that run alone.
use crate::{
    gate::{Gate, Held, Lost},
    moto::Moto,
    world::{Ran, World},
};
use std::fs;

const UP: &str = "up --suffix staging --yes -o jsonl";
const DOWN: &str = "down --suffix staging --yes";

struct Removed {
    moto: Moto,
    gate: Gate,
    world: World,
    ran: Ran,
}

/// An `up` whose folder goes at its 30th call; in its place may be what keeps it from being made again.
fn removed(in_the_way: bool) -> Removed {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let world = World::at(&gate.endpoint());
    let world = {
        let here = world.here();
        world.with("TMPDIR", here.to_str().unwrap())
    };
    gate.shut_at(30, Lost::Call);
    let up = world.start(UP);
    gate.wait_shut();
    fs::remove_dir_all(world.here().join(".vidpipe")).unwrap();
    if in_the_way {
        world.write(".vidpipe", "");
    }
    gate.open(Held::GoOn);
    let ran = up.wait();
    Removed { moto, gate, world, ran }
}

#[test]
fn a_folder_that_is_removed_is_made_again() {
    let Removed { moto, world, ran, .. } = removed(false);
    let ran = ran.ends(0);
    assert!(ran.stderr.contains("was removed during this run and was made again"), "{}", ran.stderr);
    assert!(world.here().join(".vidpipe/.gitignore").exists());
    let made = moto.live();
    world.run(UP).ends(0);
    assert_eq!(moto.live().differing(&made), [""; 0], "the next run knows what there is");
    world.run(DOWN).ends(0);
    assert!(!world.place().join("state.json").exists());
}

#[test]
fn a_folder_that_cannot_be_made_again_ends_the_run_and_its_state_is_told_of() {
    let Removed { moto, gate, world, ran } = removed(true);
    let ran = ran.ends(3);
    let told = ran.stderr.split_once("mkdir -p ").expect("it is not said what to do").1;
    let (folder, rest) = told.split_once(" && mv ").unwrap();
    let saved = world.here().join(rest.split_whitespace().next().unwrap().rsplit('/').next().unwrap());
    // What it had made by then is all there is, and all of it is in there.
    fs::remove_file(world.here().join(".vidpipe")).unwrap();
    fs::create_dir_all(world.here().join(folder)).unwrap();
    fs::rename(saved, world.place().join("state.json")).unwrap();
    gate.forget();
    world.run(UP).ends(0);
    assert_eq!(moto.live().twice(), [""; 0]);
    world.run(DOWN).ends(0);
    assert!(!world.place().join("state.json").exists());
}
