//! The whole lifecycle of an environment, on a moto server: created, shown, left unchanged, deleted.
use crate::{gate::Gate, harness::Harness, moto::Moto};
use serde_json::{Value, json};

/// The seven outputs of the program vidpipe replaces, and the id of the API key.
const OUTPUTS: [&str; 8] = [
    "ApiEndpoint",
    "ApiKeyId",
    "DbSecretArn",
    "EcsClusterName",
    "EfsFileSystemId",
    "RdsEndpoint",
    "RedisEndpoint",
    "VpcId",
];

#[test]
fn what_up_makes_is_shown_and_left_alone_and_goes_without_a_trace() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let harness = Harness::at(&gate.endpoint());
    let before = moto.live();

    harness.run("up --suffix staging --yes").ends(0);
    assert_is_shown(&harness);
    let made = moto.live();
    assert_ne!(made, before);
    assert_eq!(made.twice(), [""; 0]);

    let state = harness.state();
    gate.forget();
    harness.run("up --suffix staging --yes").ends(0);
    harness.run("plan --suffix staging --detailed-exitcode").ends(0);
    assert_eq!(gate.changes(), [""; 0], "there was nothing to change");
    assert_ne!(gate.calls(), [""; 0], "the gate hears nothing");
    assert_eq!(moto.live().differing(&made), [""; 0]);
    assert_eq!(harness.state()["entries"], state["entries"]);
    assert_eq!(harness.state()["lineage"], state["lineage"]);
    assert_eq!(
        planned(&harness),
        [
            ("up", state["entries"].as_object().unwrap().len(), 0),
            ("up", 0, state["entries"].as_object().unwrap().len())
        ]
        .map(|(c, n, k)| (c.to_owned(), n, k))
    );

    harness.run("down --suffix staging --yes").ends(0);
    assert_eq!(moto.live().differing(&before), [""; 0], "something is left, or was taken that was not ours");
    assert!(!harness.place().join("state.json").exists());
    assert_eq!(harness.runs().iter().map(|(command, _)| command.as_str()).collect::<Vec<_>>(), ["up", "up", "down"]);
    harness.run("status --suffix staging").ends(7);
    assert_eq!(harness.run("status -o json").ends(0).json()["environments"], json!([]));
}

fn assert_is_shown(harness: &Harness) {
    let status = harness.run("status --suffix staging -o json").ends(0).json();
    let nodes = status["nodes"].as_array().unwrap();
    let entries = harness.state()["entries"].as_object().unwrap().clone();
    assert_eq!(nodes.len(), entries.len());
    for name in ["vpc", "database", "cache", "file-system", "cluster", "video-processor", "api-stage"] {
        assert!(entries.contains_key(name), "there is no node {name}");
    }
    let unready: Vec<&Value> = nodes.iter().filter(|n| n["phase"] != "ready" || !n["trouble"].is_null()).collect();
    assert_eq!(unready, [&Value::Null; 0]);

    let outputs = harness.run("outputs --suffix staging -o json").ends(0).json();
    let names: Vec<&str> = outputs.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, OUTPUTS);
    assert!(outputs["VpcId"].as_str().unwrap().starts_with("vpc-"), "{outputs}");
    assert!(outputs["ApiEndpoint"].as_str().unwrap().ends_with("/prod/"), "{outputs}");
    assert_eq!(outputs["EcsClusterName"], "video-processing-staging");
}

/// The command of every run, the number of its tasks, and the number of nodes it left unchanged.
fn planned(harness: &Harness) -> Vec<(String, usize, usize)> {
    let count = |events: &[Value]| {
        let planned = events.iter().find(|e| e["event"] == "planned").unwrap();
        (planned["tasks"].as_array().unwrap().len(), usize::try_from(planned["kept"].as_u64().unwrap()).unwrap())
    };
    harness
        .runs()
        .into_iter()
        .map(|(command, events)| {
            let (tasks, kept) = count(&events);
            (command, tasks, kept)
        })
        .collect()
}

#[test]
fn everything_is_there_that_the_replaced_program_would_have_made() {
    let moto = Moto::start();
    let harness = Harness::at(moto.endpoint());
    harness.run("up --suffix staging --yes").ends(0);
    let (is_there, text) = moto.parity("staging");
    assert!(is_there, "{text}");
    assert_eq!(text.lines().filter(|line| line.ends_with(": ok")).count(), 61, "{text}");
}

#[test]
fn two_environments_live_beside_each_other() {
    let moto = Moto::start();
    let harness = Harness::at(moto.endpoint());
    harness.run("up --suffix staging --yes").ends(0);
    let one = moto.live();
    let other = Harness::at(moto.endpoint());
    other.run("up --suffix other --yes").ends(0);
    other.run("down --suffix other --yes").ends(0);
    assert_eq!(moto.live().differing(&one), [""; 0], "the neighbour was touched");
}
