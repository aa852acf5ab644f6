//! A wrong command line, and a command that is not possible here: each is refused with its exit code and the remedy,
//! before any AWS call.
use crate::{gate::Gate, harness::Harness};
use insta::assert_snapshot;
use std::{thread, time::Duration};

/// A harness whose endpoint must not be called, and the gate that records its calls.
fn silent() -> (Harness, Gate) {
    let gate = Gate::before_nothing();
    (Harness::at(&gate.endpoint()), gate)
}

/// Asserts that each of these commands ends with that code, writes no file and makes no call.
fn refused(code: i32, name: &str, commands: &[&[&str]]) {
    let (harness, gate) = silent();
    let mut text = String::new();
    for command in commands {
        let ran = harness.run_args(command).ends(code);
        text += &format!("$ vidpipe {}\n{}\n", command.join(" ").escape_debug(), ran.text());
    }
    assert_snapshot!(name, text);
    assert_eq!(gate.calls(), [""; 0]);
    assert_eq!(std::fs::read_dir(harness.here()).unwrap().count(), 0, "a file was written");
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
    let harness = Harness::empty();
    let ran = harness.run("up --suffix staging --sandbox").ends(6);
    assert!(ran.stderr.contains("add --yes"), "{}", ran.stderr);
    assert_eq!(ran.stdout, "");
    harness.run("status --suffix staging --sandbox").ends(7);
    harness.run("up --suffix staging --sandbox --yes").ends(0);
    let ran = harness.run("down --suffix staging --sandbox").ends(6);
    assert!(ran.stderr.contains("add --yes"), "{}", ran.stderr);
    // A run without changes needs no prompt.
    harness.run("up --suffix staging --sandbox").ends(0);
}

#[test]
fn no_credentials() {
    let gate = Gate::before_nothing();
    let harness = Harness::empty().with("AWS_ENDPOINT_URL", &gate.endpoint());
    let ran = harness.run("up --suffix staging --yes").ends(6);
    assert_snapshot!("no_credentials", ran.text());
    assert!(ran.stderr.contains("add --sandbox"), "{}", ran.stderr);
    assert_eq!(gate.calls(), [""; 0]);
}

#[test]
fn another_region() {
    for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
        let (harness, gate) = silent();
        let harness = harness.with(name, "eu-west-3");
        assert_snapshot!(format!("another_region_{name}"), harness.run("up --suffix staging --yes").ends(6).text());
        assert_eq!(gate.calls(), [""; 0]);
    }
    Harness::empty().with("AWS_REGION", "eu-west-3").run("plan --suffix staging --sandbox").ends(0);
}

/// The endpoint exists and does not answer: the call is retried, nothing is begun, and nothing is left behind.
#[test]
fn an_endpoint_that_hangs_up() {
    let (harness, gate) = silent();
    let run = harness.start("up --suffix staging --yes");
    while gate.calls().len() < 4 {
        thread::sleep(Duration::from_millis(50));
    }
    assert!(run.killed(), "it had ended already");
    assert_eq!(gate.changes(), [""; 0]);
    harness.run("status --suffix staging").ends(7);
}
