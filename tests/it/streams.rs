//! stdout carries only data; everything else is on stderr.
use crate::harness::{Harness, Ran, json_lines};
use serde_json::{Value, json};
use std::fs;

/// An environment in the sandbox, and the run that created it.
fn made(format: &str) -> (Harness, Ran) {
    let harness = Harness::empty();
    let ran = harness.run(&format!("up --suffix staging --sandbox --yes --output {format}")).ends(0);
    (harness, ran)
}

#[test]
fn events_for_programs() {
    let (harness, ran) = made("jsonl");
    assert_is_a_run(&ran, "up");
    assert_is_a_run(&harness.run("down --suffix staging --sandbox --yes -o jsonl").ends(0), "down");
}

fn assert_is_a_run(ran: &Ran, command: &str) {
    let lines = json_lines(&ran.stdout);
    assert_eq!(lines[0], json!({ "schema": 1 }));
    assert_eq!((&lines[1]["event"], &lines[1]["command"]), (&json!("began"), &json!(command)));
    // After a removal, the sweep checks what still exists.
    let last = if command == "down" { "swept" } else { "ended" };
    assert_eq!(lines.last().unwrap()["event"], last);
    let planned = lines[2]["tasks"].as_array().unwrap().len();
    let count = |event: &str| lines.iter().filter(|l| l["event"] == event).count();
    assert!(planned > 60, "{planned}");
    assert_eq!((count("started"), count("finished"), count("failed")), (planned, planned, 0));
    assert!(ran.stderr.contains("next: ") || command == "down", "{}", ran.stderr);
}

#[test]
fn one_object_for_programs() {
    let (harness, ran) = made("json");
    let outputs = harness.run("outputs --suffix staging --sandbox -o json").ends(0).json();
    assert_eq!(ran.json()["outputs"], outputs);
    assert!(ran.stderr.contains("database: created"), "{}", ran.stderr);
    let down = harness.run("down --suffix staging --sandbox --yes -o json").ends(0).json();
    assert_eq!((&down["nodes"], &down["left"], &down["unknown"]), (&json!(0), &json!([]), &json!([])));
    assert_eq!(down["expiring"].as_array().unwrap().len(), 1, "the key: {down:#}");
}

#[test]
fn outputs_for_people_and_progress_beside_them() {
    for format in ["human", "plain"] {
        let (harness, ran) = made(format);
        assert_eq!(ran.stdout, harness.run("outputs --suffix staging --sandbox").ends(0).stdout);
        assert!(ran.stdout.lines().any(|l| l.starts_with("VpcId ")), "{}", ran.stdout);
        assert!(!ran.stdout.contains("created"), "{}", ran.stdout);
        assert!(ran.stderr.contains("database: created"), "{}", ran.stderr);
        assert!(!ran.stderr.contains('\u{1b}'), "there is no terminal");
        assert_eq!(harness.run("down --suffix staging --sandbox --yes").ends(0).stdout, "");
    }
}

#[test]
fn outputs_in_the_shapes_others_read() {
    let (harness, _) = made("human");
    let values = harness.run("outputs --suffix staging --sandbox -o json").ends(0).json();
    let vpc = values["VpcId"].as_str().unwrap();
    let env = harness.run("outputs --suffix staging --sandbox -o env").ends(0).stdout;
    assert!(env.lines().any(|l| l == format!("export VPC_ID='{vpc}'")), "{env}");
    assert!(env.lines().all(|l| l.starts_with("export ")), "{env}");
    let github = harness.run("outputs --suffix staging --sandbox -o github").ends(0).stdout;
    assert!(github.lines().any(|l| l == format!("VpcId={vpc}")), "{github}");
    assert_eq!(env.lines().count(), values.as_object().unwrap().len());
    assert_eq!(github.lines().count(), values.as_object().unwrap().len());
}

#[test]
fn outputs_in_a_file() {
    let (harness, _) = made("human");
    let values = harness.run("outputs --suffix staging --sandbox -o json").ends(0).json();
    let file = harness.here().join("cfn-outputs/flat-outputs.json");
    for command in ["outputs", "up --yes"] {
        harness.run(&format!("{command} --suffix staging --sandbox --flat-file cfn-outputs/flat-outputs.json")).ends(0);
        let written: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        assert_eq!(written, values);
        assert!(written.as_object().unwrap().values().all(Value::is_string));
        fs::remove_file(&file).unwrap();
    }
}

#[test]
fn a_plan_for_programs_and_for_people() {
    let harness = Harness::empty();
    let plan = harness.run("plan --suffix staging --sandbox -o json --detailed-exitcode").ends(2).json();
    assert_eq!((&plan["schema"], &plan["changes"]), (&json!(1), &json!(true)));
    let steps = plan["steps"].as_array().unwrap();
    assert!(steps.len() > 60 && steps.iter().all(|s| s["action"] == "create"));
    // A value that is not known yet is shown as a reference.
    let subnet = steps.iter().find(|s| s["name"] == "private-1").unwrap();
    assert_eq!(subnet["spec"]["vpc_id"], "${vpc.id}");
    let people = harness.run("plan --suffix staging --sandbox").ends(0);
    let ends = format!("\n{} to create\non AWS, this takes about ", steps.len());
    assert!(people.stdout.contains(&ends), "{}", people.stdout);
    assert_eq!(fs::read_dir(harness.here()).unwrap().count(), 0, "a plan wrote a file");

    harness.run("up --suffix staging --sandbox --yes").ends(0);
    let plan = harness.run("plan --suffix staging --sandbox -o json --detailed-exitcode").ends(0).json();
    assert_eq!(plan["changes"], false);
    let down = harness.run("plan --suffix staging --sandbox --down -o json --detailed-exitcode").ends(2).json();
    // The service-linked roles stay: they belong to the account.
    let stays = |s: &&Value| s["kind"] == "iam:service-linked-role";
    let (stay, go): (Vec<&Value>, Vec<&Value>) = down["steps"].as_array().unwrap().iter().partition(stays);
    assert!(!go.is_empty() && go.iter().all(|s| s["action"] == "delete"));
    assert!(stay.iter().all(|s| s["action"] == "leave"));
}

#[test]
fn the_state_is_where_it_is_wanted() {
    let harness = Harness::empty().with("VIDPIPE_STATE", "elsewhere").with("VIDPIPE_SANDBOX", "true");
    let harness = harness.with("VIDPIPE_SUFFIX", "staging").with("VIDPIPE_YES", "true").with("VIDPIPE_OUTPUT", "jsonl");
    assert_is_a_run(&harness.run("up").ends(0), "up");
    assert!(harness.here().join("elsewhere/sandbox/aws.json").exists());
    assert!(!harness.here().join(".vidpipe").exists());
    assert_is_a_run(&harness.run("down").ends(0), "down");
}
