//! Shared by the tests: a folder, an environment, and states of it.
use jiff::Timestamp;
use serde_json::json;
use std::path::Path;
use tempfile::TempDir;
use vidpipe_engine::{Name, PhysicalId, State, Transition};
use vidpipe_store::{EnvDir, Folder};

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const REGION: &str = "us-east-1";

pub(crate) fn now() -> Timestamp {
    "2026-11-20T10:15:00Z".parse().unwrap()
}

pub(crate) fn folder() -> (TempDir, Folder) {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::new(&dir.path().join(".vidpipe"));
    (dir, folder)
}

pub(crate) fn staging(folder: &Folder) -> EnvDir {
    folder.environment("streamtech", ACCOUNT, REGION, "staging").unwrap()
}

/// A state of that environment with that many ready nodes; more nodes give a higher serial.
pub(crate) fn state(place: &EnvDir, nodes: usize) -> State {
    let mut state = State::new(place.environment("0f0e0d0c0b0a09080706050403020100"), "0.1.0", now());
    for n in 0..nodes {
        let name = Name(format!("node-{n:03}"));
        let (spec, kind) = (json!({ "cidr": format!("10.0.{n}.0/24"), "public": n % 2 == 0 }), "ec2:subnet".into());
        let id = PhysicalId(format!("subnet-{n:08x}"));
        state.apply(&name, Transition::WillCreate { kind, spec, edges: vec![] }, now()).unwrap();
        state.apply(&name, Transition::Created { id }, now()).unwrap();
        state.apply(&name, Transition::Became { output: json!({ "share": 0.1 + 0.2 }) }, now()).unwrap();
    }
    state
}

pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Writes bytes directly, as a user or a faulty disk does.
#[allow(clippy::disallowed_methods, reason = "damage is not written carefully")]
pub(crate) fn put(path: &Path, bytes: &[u8]) {
    // Creates a new file each time: some file systems write through when a file is truncated and rewritten.
    let _ = std::fs::remove_file(path);
    std::fs::write(path, bytes).unwrap();
}
