//! A wrong command line, and a command that is not possible here: each is refused with its exit code and the way out,
//! before AWS hears of it.
use crate::{gate::Gate, world::World};
use insta::assert_snapshot;
use std::{thread, time::Duration};

/// A world whose endpoint must not be called, and what it heard.
fn silent() -> (World, Gate) {
    let gate = Gate::before_nothing();
    (World::at(&gate.endpoint()), gate)
}

/// Each of these commands ends with that code, changes no file and calls nobody.
fn refused(code: i32, name: &str, commands: &[&[&str]]) {
    let (world, gate) = silent();
    let mut told = String::new();
    for command in commands {
        let ran = world.run_args(command).ends(code);
        told += &format!("$ vidpipe {}\n{}\n", command.join(" ").escape_debug(), ran.told());
    }
    assert_snapshot!(name, told);
    assert_eq!(gate.calls(), [""; 0]);
    assert_eq!(std::fs::read_dir(world.here()).unwrap().count(), 0, "a file was written");
}

#[test]
fn suffixes() {
    let wrong = [
        "",
        "A",
        "Staging",
        "a",
        "s2345678901234567890",
        "--",
        "-a",
        "a-",
        "a--b",
        "../x",
        "a/b",
        "a b",
        "a\nb",
        "1a",
        "büro",
        "a_b",
    ];
    let up: Vec<_> = wrong.iter().map(|suffix| vec!["up", "--yes", "--suffix", suffix]).collect();
    let others = ["plan", "status", "outputs"].map(|command| vec![command, "--suffix", "../x"]);
    let down = vec!["down", "--yes", "--suffix", "../x"];
    let all: Vec<&[&str]> = up.iter().chain(&others).chain([&down]).map(Vec::as_slice).collect();
    refused(64, "suffixes", &all);
}

#[test]
fn command_lines() {
    refused(
        64,
        "command_lines",
        &[
            &["up", "--yes"],
            &["up", "--suffix", "staging", "--yes", "--pipeline", "streamtec"],
            &["upp", "--suffix", "staging"],
            &["up", "--sufix", "staging"],
            &["up", "--suffix", "staging", "--yes", "--timeout", "rds:instanse=40m"],
            &["up", "--suffix", "staging", "--yes", "--timeout", "rds:instance=soon"],
            &["up", "--suffix", "staging", "--yes", "--timeout", "40m"],
            &["up", "--suffix", "staging", "--yes", "--deadline", "soon"],
            &["down", "--suffix", "staging", "--yes", "--deadline", "1s"],
            &["timeline", "2", "--suffix", "staging", "--list"],
            &["up", "--suffix", "staging", "--yes", "--concurrency", "0"],
            &["up", "--suffix", "staging", "--yes", "--output", "yaml"],
            &["up", "--suffix", "staging", "--yes", "--output", "env"],
            &["plan", "--suffix", "staging", "--output", "github"],
            &["completions", "tcsh"],
        ],
    );
}

#[test]
fn environments_that_are_not_there() {
    refused(
        7,
        "not_there",
        &[
            &["down", "--suffix", "staging", "--yes"],
            &["down", "--suffix", "staging", "--yes", "--sandbox"],
            &["outputs", "--suffix", "staging"],
            &["status", "--suffix", "staging"],
            &["plan", "--suffix", "staging", "--down"],
        ],
    );
}

#[test]
fn nobody_to_ask() {
    let world = World::empty();
    let ran = world.run("up --suffix staging --sandbox").ends(6);
    assert!(ran.stderr.contains("add --yes"), "{}", ran.stderr);
    assert_eq!(ran.stdout, "");
    world.run("status --suffix staging --sandbox").ends(7);
    world.run("up --suffix staging --sandbox --yes").ends(0);
    let ran = world.run("down --suffix staging --sandbox").ends(6);
    assert!(ran.stderr.contains("add --yes"), "{}", ran.stderr);
    // Where nothing is to be done, nothing is to be asked.
    world.run("up --suffix staging --sandbox").ends(0);
}

#[test]
fn no_credentials() {
    let gate = Gate::before_nothing();
    let world = World::empty().with("AWS_ENDPOINT_URL", &gate.endpoint());
    let ran = world.run("up --suffix staging --yes").ends(6);
    assert_snapshot!("no_credentials", ran.told());
    assert!(ran.stderr.contains("add --sandbox"), "{}", ran.stderr);
    assert_eq!(gate.calls(), [""; 0]);
}

#[test]
fn another_region() {
    for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
        let (world, gate) = silent();
        let world = world.with(name, "eu-west-3");
        assert_snapshot!(format!("another_region_{name}"), world.run("up --suffix staging --yes").ends(6).told());
        assert_eq!(gate.calls(), [""; 0]);
    }
    World::empty().with("AWS_REGION", "eu-west-3").run("plan --suffix staging --sandbox").ends(0);
}

/// The endpoint is there and does not answer: it is asked again, nothing is begun, and nothing is left behind.
#[test]
fn an_endpoint_that_hangs_up() {
    let (world, gate) = silent();
    let run = world.start("up --suffix staging --yes");
    while gate.calls().len() < 4 {
        thread::sleep(Duration::from_millis(50));
    }
    assert!(run.killed(), "it had ended already");
    assert_eq!(gate.changes(), [""; 0]);
    world.run("status --suffix staging").ends(7);
}
