//! A wrong spec is refused before AWS hears of it, with the file, the line, what is allowed, and nothing changed.
use crate::{gate::Gate, world::World};
use insta::assert_snapshot;

fn refused(name: &str, text: impl AsRef<[u8]>, line: u32) {
    let gate = Gate::before_nothing();
    let world = World::at(&gate.endpoint());
    world.write("vidpipe.toml", text);
    let ran = world.run("up --suffix staging --yes").ends(6);
    assert!(ran.stderr.contains(&format!("vidpipe.toml:{line}")), "no file and line: {}", ran.stderr);
    assert_snapshot!(name, ran.told());
    for command in ["plan --suffix staging", "graph"] {
        assert_eq!(world.run(command).ends(6).stderr, ran.stderr);
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
    let world = World::empty();
    assert_snapshot!("no_file", world.run("up --suffix staging --yes --config other.toml").ends(6).told());
}

#[test]
fn a_file_that_is_no_text() {
    let world = World::empty();
    world.write("vidpipe.toml", b"pipeline = \"\xff\"\n");
    assert_snapshot!("no_text", world.run("up --suffix staging --yes").ends(6).told());
}

#[test]
fn a_spec_of_another_pipeline() {
    let world = World::empty();
    world.write("vidpipe.toml", "pipeline = \"streamflix\"\n");
    let ran = world.run("up --suffix staging --yes --pipeline streamtech").ends(6);
    assert_snapshot!("another_pipeline", ran.told());
}
