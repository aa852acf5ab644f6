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

/// The region is part of what an environment is: a spec with another region makes another environment.
#[test]
fn environments_of_a_name_in_two_regions_are_told_apart() {
    let harness = Harness::empty();
    harness.run("up --suffix demo --sandbox --yes").ends(0);
    harness.write("other.toml", "region = \"eu-west-1\"\n");
    harness.run("up --suffix demo --sandbox --yes --config other.toml").ends(0);
    let refused = harness.run("down --suffix demo --sandbox --yes").ends(64);
    assert!(refused.stderr.contains("--region"), "{}", refused.stderr);
    for command in ["status", "outputs", "timeline", "plan --down", "verify"] {
        harness.run(&format!("{command} --suffix demo --sandbox")).ends(64);
        harness.run(&format!("{command} --suffix demo --sandbox --region eu-west-1")).ends(0);
    }
    harness.run("down --suffix demo --sandbox --yes --region eu-west-2").ends(7);
    harness.run("down --suffix demo --sandbox --yes --region eu-west-1").ends(0);
    // Now there is one of that name.
    harness.run("down --suffix demo --sandbox --yes").ends(0);
}

#[test]
fn the_inventory_is_that_of_the_sandbox_and_hides_secrets() {
    let harness = Harness::empty().with("VIDPIPE_SANDBOX", "1");
    harness.run_reading("sandbox put-secret mine", b"hunter2-hunter2").ends(0);
    let harness = harness.with("VIDPIPE_SANDBOX", "no");
    let inventory = harness.run("sandbox inventory").ends(0).stdout;
    assert!(inventory.contains("mine") && inventory.contains("(hidden)"), "{inventory}");
    assert!(!inventory.contains("hunter2"), "{inventory}");
    harness.run("up --suffix demo --sandbox --yes").ends(0);
    let inventory = harness.run("sandbox inventory").ends(0).json();
    let keys = inventory["regions"]["us-east-1"]["apigateway"]["apikeys"].as_object().unwrap();
    assert!(keys.len() == 1 && keys.values().all(|key| key["value"] == "(hidden)"), "{keys:?}");
}

#[test]
fn json_lines_are_lines() {
    let harness = Harness::empty();
    harness.run("up --suffix demo --sandbox --yes").ends(0);
    for command in [
        "plan --suffix demo",
        "status",
        "status --suffix demo",
        "outputs --suffix demo",
        "verify --suffix demo",
        "timeline --suffix demo",
    ] {
        let ran = harness.run(&format!("{command} --sandbox -o jsonl")).ends(0);
        assert_eq!(ran.stdout.lines().count(), 1, "{command}: {}", ran.stdout);
        ran.json();
    }
}
