//! The store on a real folder, and on a disk that fails.
#![allow(clippy::unwrap_used, reason = "a test may fail")]
#![allow(clippy::disallowed_methods, reason = "the cloud in memory takes its time; the clock is paused")]
mod claims;
mod command;
mod damage;
mod environments;
mod faults;
mod faulty;
mod files;
mod history;
mod locking;
mod meddled;
mod power;
mod remote;
mod runs;
mod saving;
mod scale;
mod unsynced;
mod vanished;
mod world;

/// The engine's in-memory cloud, and its kinds.
#[path = "../../../engine/tests/it/cloud.rs"]
#[allow(dead_code, reason = "the engine's tests use all of it")]
mod cloud;
#[path = "../../../engine/tests/it/world.rs"]
#[allow(dead_code, unused_imports, reason = "the engine's tests use all of it")]
mod engine;
/// The graph of any size that the benchmark uses.
#[path = "../../benches/scale/world.rs"]
#[allow(dead_code, reason = "the benchmark uses all of it")]
mod large;

#[test]
fn no_file_is_forgotten() {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it");
    let main = include_str!("main.rs");
    for file in std::fs::read_dir(here).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let Some(stem) = name.strip_suffix(".rs") else { continue };
        assert!(stem == "main" || main.contains(&format!("mod {stem};")), "{name} is not compiled into the tests");
    }
}
