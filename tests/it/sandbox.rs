//! The same lifecycle in the sandbox: no account, no variables, no Python.
use crate::harness::Harness;
use serde_json::Value;
use vidpipe_sandbox::{Clock, Sandbox};

#[test]
fn the_three_commands_need_nothing_and_leave_nothing() {
    let harness = Harness::empty();
    let before = inventory(&harness);
    harness.run("up --suffix demo --sandbox --yes").ends(0);
    assert_ne!(inventory(&harness), before);

    let status = harness.run("status --suffix demo --sandbox -o json").ends(0).json();
    let nodes = status["nodes"].as_array().unwrap();
    assert!(nodes.len() > 60 && nodes.iter().all(|n| n["phase"] == "ready"), "{status:#}");
    let outputs = harness.run("outputs --suffix demo --sandbox -o json").ends(0).json();
    for name in
        ["VpcId", "EcsClusterName", "RdsEndpoint", "RedisEndpoint", "EfsFileSystemId", "ApiEndpoint", "DbSecretArn"]
    {
        assert!(outputs[name].as_str().is_some_and(|v| !v.is_empty()), "no {name} in {outputs:#}");
    }

    harness.run("down --suffix demo --sandbox --yes").ends(0);
    assert_eq!(inventory(&harness), before);
    harness.run("status --suffix demo --sandbox").ends(7);
}

#[test]
fn up_again_changes_nothing_and_a_neighbour_stays() {
    let harness = Harness::empty();
    harness.run("up --suffix one --sandbox --yes").ends(0);
    let one = inventory(&harness);
    harness.run("up --suffix one --sandbox --yes").ends(0);
    harness.run("plan --suffix one --sandbox --detailed-exitcode").ends(0);
    assert_eq!(inventory(&harness), one);
    harness.run("up --suffix two --sandbox --yes").ends(0);
    harness.run("down --suffix two --sandbox --yes").ends(0);
    assert_eq!(inventory(&harness), one, "the neighbour was touched");
}

#[test]
fn the_sandbox_is_no_environment_of_aws() {
    let harness = Harness::empty();
    harness.run("up --suffix demo --sandbox --yes").ends(0);
    harness.run("status --suffix demo").ends(7);
    harness.run("down --suffix demo --yes").ends(7);
    harness.run("outputs --suffix demo").ends(7);
}

/// The resources in the sandbox, by region.
fn inventory(harness: &Harness) -> Value {
    let file = harness.here().join(".vidpipe/sandbox/aws.json");
    let mut taken = Sandbox::open(&file, Clock::Instant).unwrap().inventory().unwrap();
    let mut regions = taken["regions"].take();
    // A region that was only read exists, and is empty.
    if let Some(regions) = regions.as_object_mut() {
        regions.retain(|_, services| services.as_object().is_none_or(|s| !s.is_empty()));
    }
    regions
}
