//! The wiring of StreamTech, drawn out: every node and edge, every property of a new environment, every name.
use crate::{
    load,
    world::{environment, suffix},
};
use jiff::Timestamp;
use serde_json::Value;
use std::{collections::BTreeSet, fmt::Write};
use vidpipe_aws::{Aws, Facts, KINDS, timings};
use vidpipe_engine::{Graph, Name, Needs, Plan, State, plan};
use vidpipe_pipelines::{graph, suffix};

const ACCOUNT: &str = "123456789012";

/// Specs that differ in what there is, not only in how large it is.
pub(crate) const OPTIONS: &[&str] = &[
    "",
    "[encryption]\ncustomer_managed_key = false\n",
    "[encryption]\nkey_rotation = false\n",
    "[logs]\ncontainer_insights = false\n",
    "[network]\nnat_gateways = 1\n",
    "[network]\navailability_zones = 3\n",
    "[api]\naccount_logging_role = true\n",
    "protect = true\n",
];

fn facts(region: &str, zones: usize) -> Facts {
    Facts {
        account: ACCOUNT.into(),
        partition: "aws".into(),
        region: region.into(),
        zones: ["a", "b", "c"].iter().take(zones).map(|z| format!("{region}{z}")).collect(),
        postgres_version: "15.8".into(),
    }
}

fn drawn(text: &str, of: &str) -> (Graph<Aws>, State) {
    let spec = load(text).unwrap();
    let facts = facts(&spec.region, spec.network.availability_zones as usize);
    let state = State::new(environment(&spec, ACCOUNT), "test", Timestamp::UNIX_EPOCH);
    (graph(&spec, &suffix(of), &facts), state)
}

fn new_plan(text: &str, of: &str) -> Plan<Aws> {
    let (graph, state) = drawn(text, of);
    plan(&graph, &state, KINDS, &timings()).unwrap()
}

#[test]
fn the_wiring() {
    let (graph, _) = drawn("", "demo");
    let mut out = String::new();
    for (name, node) in &graph.nodes {
        writeln!(out, "{name} ({})", node.kind.name()).unwrap();
        for edge in &node.edges {
            let needs = match edge.needs {
                Some(Needs::Ready) => "ready",
                Some(Needs::Known) => "known",
                None => "-",
            };
            let holds = if edge.holds { "holds" } else { "-" };
            writeln!(out, "    {needs:5} {holds:5} {}", edge.on).unwrap();
        }
    }
    let shown: Vec<&str> = graph.outputs.iter().map(|o| o.name.as_str()).collect();
    writeln!(out, "outputs: {}", shown.join(", ")).unwrap();
    insta::assert_snapshot!(out);
}

#[test]
fn the_plan_of_a_new_environment() {
    let mut out = String::new();
    for step in new_plan("", "demo").steps {
        writeln!(out, "{:?} {} ({}): {}", step.action, step.name, step.kind, step.spec.unwrap()).unwrap();
    }
    insta::assert_snapshot!(out);
}

#[test]
fn the_removal_goes_in_no_circle() {
    for text in OPTIONS {
        let (graph, _) = drawn(text, "demo");
        let mut left: BTreeSet<&Name> = graph.nodes.keys().collect();
        while !left.is_empty() {
            let held: BTreeSet<&Name> =
                left.iter().flat_map(|n| &graph.nodes[*n].edges).filter(|e| e.holds).map(|e| &e.on).collect();
            let before = left.len();
            left.retain(|n| held.contains(n));
            assert!(left.len() < before, "{text:?}: these hold each other: {left:?}");
        }
    }
}

/// Where a kind has its name, and how long AWS lets it be; names that are unique only within another thing have none.
fn name_of(kind: &str) -> Option<(&'static str, usize)> {
    Some(match kind {
        "iam:role" => ("name", 64),
        "elb:load-balancer" | "elb:target-group" => ("name", 32),
        "elasticache:replication-group" => ("name", 40),
        "rds:instance" => ("name", 63),
        "logs:log-group" | "logs:service-log-group" => ("name", 512),
        "kms:alias" => ("name", 256),
        "secrets:generated-secret" => ("name", 512),
        "cloudwatch:alarm" | "ecs:cluster" | "ecs:service" | "rds:parameter-group" | "rds:subnet-group" => {
            ("name", 255)
        }
        "ec2:security-group" | "elasticache:subnet-group" => ("name", 255),
        "ecs:task-definition" => ("family", 255),
        "scaling:policy" => ("name", 256),
        _ => return None,
    })
}

/// Kinds that have no name of their own: settings, links between two things, and what is named within an owner.
const NAMELESS: &[&str] = &[
    "apigateway:account-role",
    "apigateway:deployment",
    "apigateway:routes",
    "apigateway:stage",
    "apigateway:stage-throttling",
    "apigateway:usage-plan-key",
    "ec2:ingress-rule",
    "ec2:internet-gateway-attachment",
    "ec2:no-egress",
    "ec2:route",
    "ec2:route-table-association",
    "ec2:subnet-public-ip",
    "ec2:vpc-dns",
    "efs:file-system-policy",
    "efs:lifecycle",
    "efs:mount-target",
    "elb:deregistration-delay",
    "elb:private-link-rules",
    "iam:role-policy",
    "iam:role-policy-attachment",
    "kms:key-rotation",
    "logs:retention",
    "rds:parameters",
    "secrets:connection-details",
];

#[test]
fn every_name_has_the_suffix_and_fits() {
    let longest = "a".repeat(suffix::LONGEST);
    let text = "region = \"ap-northeast-1\"\n[api]\naccount_logging_role = true\n[network]\navailability_zones = 3\n";
    let mut physical = BTreeSet::new();
    for step in new_plan(text, &longest).steps.iter().filter(|s| !NAMELESS.contains(&s.kind.as_str())) {
        // What is known only by its id has a `Name` tag.
        let (field, most) = name_of(&step.kind).unwrap_or(("name", 256));
        let spec = step.spec.as_ref().unwrap();
        let Some(Value::String(name)) = spec.get(field) else { panic!("{} has no {field}: {spec}", step.kind) };
        assert!(name.contains(&longest), "{}: {name} has no suffix", step.name);
        assert!(name.len() <= most, "{}: {name} is {} long, at most {most}", step.name, name.len());
        assert!(step.kind != "iam:role" || name.contains("ap-northeast-1"), "{name}: IAM is one for all regions");
        assert!(
            physical.insert((step.kind.clone(), name.clone())) || name_of(&step.kind).is_none(),
            "{}: {name} is taken",
            step.name
        );
    }
    let nodes = new_plan(text, &longest).steps.len();
    assert!(physical.len() > 40 && nodes > 100, "{} names of {nodes} nodes", physical.len());
}

#[test]
fn every_kind_is_drawn() {
    let (graph, _) = drawn("[api]\naccount_logging_role = true\n", "demo");
    let drawn: BTreeSet<&str> = graph.nodes.values().map(|n| n.kind.name()).collect();
    let known: BTreeSet<&str> = KINDS.iter().map(|k| k.name()).collect();
    assert_eq!(drawn, known);
    assert!(NAMELESS.iter().all(|kind| known.contains(kind)), "a kind was renamed");
}
