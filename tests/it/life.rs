//! An environment's whole life, on a moto server: made, shown, left alone, removed.
use crate::{gate::Gate, moto::Moto, world::World};
use serde_json::{Value, json};

/// The seven of the program vidpipe replaces, and the id of the API key.
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
    let world = World::at(&gate.endpoint());
    let before = moto.live();

    world.run("up --suffix staging --yes").ends(0);
    assert_is_shown(&world);
    let made = moto.live();
    assert_ne!(made, before);
    assert_eq!(made.twice(), [""; 0]);

    let state = world.state();
    gate.forget();
    world.run("up --suffix staging --yes").ends(0);
    world.run("plan --suffix staging --detailed-exitcode").ends(0);
    assert_eq!(gate.changes(), [""; 0], "there was nothing to change");
    assert_ne!(gate.calls(), [""; 0], "the gate hears nothing");
    assert_eq!(moto.live().differing(&made), [""; 0]);
    assert_eq!(world.state()["entries"], state["entries"]);
    assert_eq!(world.state()["lineage"], state["lineage"]);
    assert_eq!(
        planned(&world),
        [
            ("up", state["entries"].as_object().unwrap().len(), 0),
            ("up", 0, state["entries"].as_object().unwrap().len())
        ]
        .map(|(c, n, k)| (c.to_owned(), n, k))
    );

    world.run("down --suffix staging --yes").ends(0);
    assert_eq!(moto.live().differing(&before), [""; 0], "something is left, or was taken that was not ours");
    assert!(!world.place().join("state.json").exists());
    assert_eq!(world.runs().iter().map(|(command, _)| command.as_str()).collect::<Vec<_>>(), ["up", "up", "down"]);
    world.run("status --suffix staging").ends(7);
    assert_eq!(world.run("status -o json").ends(0).json()["environments"], json!([]));
}

fn assert_is_shown(world: &World) {
    let status = world.run("status --suffix staging -o json").ends(0).json();
    let nodes = status["nodes"].as_array().unwrap();
    let entries = world.state()["entries"].as_object().unwrap().clone();
    assert_eq!(nodes.len(), entries.len());
    for name in ["vpc", "database", "cache", "files", "cluster", "video-processor", "api-stage"] {
        assert!(entries.contains_key(name), "there is no node {name}");
    }
    let unready: Vec<&Value> = nodes.iter().filter(|n| n["phase"] != "ready" || !n["trouble"].is_null()).collect();
    assert_eq!(unready, [&Value::Null; 0]);

    let outputs = world.run("outputs --suffix staging -o json").ends(0).json();
    let names: Vec<&str> = outputs.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, OUTPUTS);
    assert!(outputs["VpcId"].as_str().unwrap().starts_with("vpc-"), "{outputs}");
    assert!(outputs["ApiEndpoint"].as_str().unwrap().ends_with("/prod/"), "{outputs}");
    assert_eq!(outputs["EcsClusterName"], "video-processing-staging");
}

/// Of every run, its command, how many tasks it had, and how many nodes it left as they were.
fn planned(world: &World) -> Vec<(String, usize, usize)> {
    let count = |events: &[Value]| {
        let planned = events.iter().find(|e| e["event"] == "planned").unwrap();
        (planned["tasks"].as_array().unwrap().len(), usize::try_from(planned["kept"].as_u64().unwrap()).unwrap())
    };
    world
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
    let world = World::at(moto.endpoint());
    world.run("up --suffix staging --yes").ends(0);
    let (is_there, told) = moto.parity("staging");
    assert!(is_there, "{told}");
    assert_eq!(told.lines().filter(|line| line.ends_with(": ok")).count(), 61, "{told}");
}

#[test]
fn two_environments_live_beside_each_other() {
    let moto = Moto::start();
    let world = World::at(moto.endpoint());
    world.run("up --suffix staging --yes").ends(0);
    let one = moto.live();
    let other = World::at(moto.endpoint());
    other.run("up --suffix other --yes").ends(0);
    other.run("down --suffix other --yes").ends(0);
    assert_eq!(moto.live().differing(&one), [""; 0], "the neighbour was touched");
}
