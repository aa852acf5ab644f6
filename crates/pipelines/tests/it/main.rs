//! Tests of the crate through its public interface: one binary, a file per topic.

#![allow(clippy::unwrap_used, reason = "a test whose call fails has nothing more to say")]

mod allowed;
mod answered;
mod anything;
mod audit;
mod aurora;
mod bad_combinations;
mod bad_specs;
mod by_hand;
mod calls;
mod changes;
mod closed_groups;
mod contract;
mod corpus;
mod cuts;
mod damage;
mod differ;
mod disk;
mod everyday;
mod existing;
mod first_day;
mod fuzzed;
mod good_specs;
mod graph;
mod graphs;
mod harness;
mod listed;
mod losses;
mod messaging;
mod migrations;
mod names;
mod owners;
mod policies;
mod properties;
mod removal;
mod runs;
mod secrets;
mod sound;
mod suffixes;
mod sweep;
mod tasks;
mod tasks_graph;
mod templates;
mod verify;
mod verify_parts;
mod zones;

/// A command as the binary runs it, with a witness at every call.
#[path = "../../../store/tests/it/command.rs"]
mod command;
#[path = "../../../store/tests/it/faulty.rs"]
mod faulty;
#[path = "../../../store/tests/it/unsynced.rs"]
mod unsynced;

use vidpipe_pipelines::spec::{Spec, SpecErrors};

/// Loads a spec as if it were in `vidpipe.toml`.
fn load(text: &str) -> Result<Spec, SpecErrors> {
    Spec::load("vidpipe.toml".as_ref(), text)
}

/// Asserts that every text of a corpus is refused, and returns the messages for a snapshot.
fn messages(corpus: &[(&str, usize, &str)]) -> String {
    let mut out = String::new();
    for (text, line, key) in corpus {
        let errors = match load(text) {
            Ok(_) => panic!("accepted: {text}"),
            Err(errors) => errors,
        };
        let found: Vec<_> = errors.problems().iter().map(|p| (p.line, p.key.as_str())).collect();
        assert_eq!(found, [(*line, *key)], "{text}\n{errors}");
        out.push_str(&format!("{errors}\n\n"));
    }
    out
}

#[test]
fn no_test_file_is_forgotten() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let main = include_str!("main.rs");
    for entry in std::fs::read_dir(folder).expect("the folder of this file") {
        let name = entry.expect("a readable entry").file_name();
        let name = name.to_string_lossy();
        if let Some(module) = name.strip_suffix(".rs").filter(|module| *module != "main") {
            assert!(main.contains(&format!("mod {module};")), "{name} is not compiled");
        }
    }
}
