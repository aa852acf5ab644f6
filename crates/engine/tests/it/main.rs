//! The engine on an in-memory cloud and a paused clock.
#![allow(clippy::unwrap_used, reason = "a test may fail")]
#![allow(clippy::disallowed_methods, reason = "the cloud in memory takes its time; the clock is paused")]
mod clear;
mod cloud;
mod crash;
mod deadline;
mod deeds;
mod drift;
mod forecast;
mod kept;
mod life;
mod linear;
mod owner;
mod patience;
mod planning;
mod reads;
mod removal;
mod shared;
mod slack;
mod sweep;
mod turns;
mod undo;
mod world;
mod young;

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
