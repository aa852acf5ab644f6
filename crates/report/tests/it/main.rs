//! The output for people and for programs, as snapshots.
#![allow(clippy::unwrap_used, reason = "a test may fail")]
mod graph;
mod jsonl;
mod live;
mod outputs;
mod plain;
mod plan;
mod status;
mod summary;
mod sweep;
mod text;
mod timeline;
mod verify;
mod world;

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
