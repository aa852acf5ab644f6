//! The log for bug reports: its content, and that it does not disturb other output.
use crate::harness::Harness;
use serde_json::Value;
use std::{collections::BTreeSet, fs, os::unix::fs::PermissionsExt};

fn up(more: &str) -> String {
    format!("up --suffix staging --sandbox --sandbox-clock paused --yes {more}")
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
}

#[test]
fn it_has_who_where_and_every_call_of_every_node() {
    let harness = Harness::in_memory();
    harness.run(&up("--log debug --log-file log.json --log-format json")).ends(0);
    let log = lines(&fs::read_to_string(harness.here().join("log.json")).unwrap());
    let first = &log[0];
    assert_eq!((&first["message"], &first["version"]), (&"vidpipe".into(), &env!("CARGO_PKG_VERSION").into()));
    assert!(first["args"].as_str().unwrap().starts_with("up --suffix staging"), "{first}");
    let connected = log.iter().find(|line| line["message"] == "connected").unwrap();
    assert_eq!((&connected["account"], &connected["region"]), (&"123456789012".into(), &"us-east-1".into()));
    let called: Vec<_> = log.iter().filter(|line| line["message"] == "called").collect();
    for call in &called {
        assert!(call["service"].is_string() && call["action"].is_string() && call["ms"].is_u64(), "{call}");
    }
    let made = called.iter().find(|call| call["action"] == "CreateVpc").unwrap();
    assert_eq!(made["run"]["suffix"], "staging");
    assert_eq!((&made["node"]["node"], &made["node"]["op"]), (&"vpc".into(), &"ensure".into()));
    assert_eq!((&made["call"]["attempt"], &made["answered"], &made["status"]), (&1.into(), &true.into(), &200.into()));
    let nodes: BTreeSet<_> = called.iter().filter_map(|call| call["node"]["node"].as_str()).collect();
    assert!(nodes.len() > 60, "calls of {} nodes", nodes.len());
}

#[test]
fn what_is_refused_says_as_what_and_for_which_node() {
    let harness = Harness::in_memory();
    harness.run_reading("sandbox put-secret api-secret-staging --region us-east-1", b"theirs-0123456789-0123").ends(0);
    harness.run(&up("--log-file log.json --log-format json")).ends(3);
    let log = lines(&fs::read_to_string(harness.here().join("log.json")).unwrap());
    let refused = log.iter().find(|line| line["class"] == "AlreadyExists").unwrap();
    assert_eq!(
        (&refused["node"]["node"], &refused["target"]),
        (&"api-secret".into(), &"vidpipe_engine::run::traced".into())
    );
    assert!(refused["code"].is_string() && refused["message"].as_str().unwrap().starts_with("failed to "), "{refused}");
    assert!(log.iter().any(|line| line["level"] == "error" && line["node"].is_string()), "the end of it is not told");
}

#[test]
fn a_file_is_its_owners_and_is_added_to() {
    let harness = Harness::in_memory();
    for _ in 0..2 {
        harness.run("status --sandbox --log-file log.txt").ends(0);
    }
    let path = harness.here().join("log.txt");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(path).unwrap();
    assert_eq!(text.matches("vidpipe version=").count(), 2, "{text}");
    let refused = harness.run("status --sandbox --log-file nowhere/log.txt").ends(6);
    assert!(refused.stderr.contains("failed to write the log nowhere/log.txt"), "{}", refused.stderr);
}

#[test]
fn without_it_nothing_is_logged_and_stdout_is_never_logged_to() {
    let harness = Harness::in_memory();
    let quiet = harness.run(&up("-o json")).ends(0);
    assert!(!quiet.stderr.contains("CreateVpc"), "{}", quiet.stderr);
    let loud = harness.run("verify --suffix staging --sandbox -o json --log trace").ends(0);
    assert!(loud.stderr.contains("DescribeVpcs"), "{}", loud.stderr);
    serde_json::from_str::<Value>(&loud.stdout).unwrap();
}
