//! A wrong spec is refused before any AWS call, with the file, the line and the allowed values, and nothing is changed.
use crate::{gate::Gate, harness::Harness};
use insta::assert_snapshot;

fn refused(name: &str, text: impl AsRef<[u8]>, line: u32) {
    let gate = Gate::before_nothing();
    let harness = Harness::at(&gate.endpoint());
    harness.write("vidpipe.toml", text);
    let ran = harness.run("up --suffix staging --yes").ends(6);
    assert!(ran.stderr.contains(&format!("vidpipe.toml:{line}")), "no file and line: {}", ran.stderr);
    assert_snapshot!(name, ran.text());
    for command in ["plan --suffix staging", "graph"] {
        assert_eq!(harness.run(command).ends(6).stderr, ran.stderr);
    }
    assert_eq!(gate.calls(), [""; 0]);
}

#[test]
fn an_unknown_key() {
    refused("unknown_key", "pipeline = \"streamtech\"\n\n[cache]\nnode_typ = \"cache.t3.micro\"\n", 4);
}

#[test]
fn one_cache_node() {
    refused("one_cache_node", "pipeline = \"streamtech\"\n\n[cache]\nnodes = 1\n", 4);
}

#[test]
fn a_wrong_type() {
    refused("wrong_type", "pipeline = \"streamtech\"\nprotect = \"no\"\n", 2);
}

#[test]
fn no_toml() {
    refused("no_toml", "pipeline = \"streamtech\"\n[cache\nnodes = 2\n", 2);
}

#[test]
fn a_file_that_is_not_there() {
    let harness = Harness::empty();
    assert_snapshot!("no_file", harness.run("up --suffix staging --yes --config other.toml").ends(6).text());
}

#[test]
fn a_file_that_is_no_text() {
    let harness = Harness::empty();
    harness.write("vidpipe.toml", b"pipeline = \"\xff\"\n");
    assert_snapshot!("no_text", harness.run("up --suffix staging --yes").ends(6).text());
}

#[test]
fn a_spec_of_another_pipeline() {
    let harness = Harness::empty();
    harness.write("vidpipe.toml", "pipeline = \"streamflix\"\n");
    let ran = harness.run("up --suffix staging --yes --pipeline streamtech").ends(6);
    assert_snapshot!("another_pipeline", ran.text());
}
