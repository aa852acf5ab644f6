//! The whole life again, in the AWS inside the process: no account, no variables, no Python.
use crate::world::World;
use serde_json::Value;
use vidpipe_sandbox::{Clock, Sandbox};

#[test]
fn the_three_commands_need_nothing_and_leave_nothing() {
    let world = World::empty();
    let before = inventory(&world);
    world.run("up --suffix demo --sandbox --yes").ends(0);
    assert_ne!(inventory(&world), before);

    let status = world.run("status --suffix demo --sandbox -o json").ends(0).json();
    let nodes = status["nodes"].as_array().unwrap();
    assert!(nodes.len() > 60 && nodes.iter().all(|n| n["phase"] == "ready"), "{status:#}");
    let outputs = world.run("outputs --suffix demo --sandbox -o json").ends(0).json();
    for name in
        ["VpcId", "EcsClusterName", "RdsEndpoint", "RedisEndpoint", "EfsFileSystemId", "ApiEndpoint", "DbSecretArn"]
    {
        assert!(outputs[name].as_str().is_some_and(|v| !v.is_empty()), "no {name} in {outputs:#}");
    }

    world.run("down --suffix demo --sandbox --yes").ends(0);
    assert_eq!(inventory(&world), before);
    world.run("status --suffix demo --sandbox").ends(7);
}

#[test]
fn up_again_changes_nothing_and_a_neighbour_stays() {
    let world = World::empty();
    world.run("up --suffix one --sandbox --yes").ends(0);
    let one = inventory(&world);
    world.run("up --suffix one --sandbox --yes").ends(0);
    world.run("plan --suffix one --sandbox --detailed-exitcode").ends(0);
    assert_eq!(inventory(&world), one);
    world.run("up --suffix two --sandbox --yes").ends(0);
    world.run("down --suffix two --sandbox --yes").ends(0);
    assert_eq!(inventory(&world), one, "the neighbour was touched");
}

#[test]
fn the_sandbox_is_no_environment_of_aws() {
    let world = World::empty();
    world.run("up --suffix demo --sandbox --yes").ends(0);
    world.run("status --suffix demo").ends(7);
    world.run("down --suffix demo --yes").ends(7);
    world.run("outputs --suffix demo").ends(7);
}

/// What exists in the sandbox, region by region.
fn inventory(world: &World) -> Value {
    let file = world.here().join(".vidpipe/sandbox/aws.json");
    let mut taken = Sandbox::open(&file, Clock::Instant).unwrap().inventory().unwrap();
    let mut regions = taken["regions"].take();
    // A region that somebody has looked at is there, and empty.
    if let Some(regions) = regions.as_object_mut() {
        regions.retain(|_, services| services.as_object().is_none_or(|s| !s.is_empty()));
    }
    regions
}
