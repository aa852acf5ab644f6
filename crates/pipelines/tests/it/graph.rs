//! The graphs of the pipelines, printed: every node and edge, every property of a new environment, every name.
use crate::{
    harness::{PIPELINES, STREAMFLIX, STREAMTECH, TOKYO, environment, suffix},
    load,
};
use jiff::Timestamp;
use serde_json::Value;
use std::{collections::BTreeSet, fmt::Write};
use vidpipe_aws::{Aws, Facts, KINDS, timings};
use vidpipe_engine::{Graph, Name, Needs, Plan, State, plan};
use vidpipe_pipelines::{graph, requirements, spec::Pipeline, suffix};

const ACCOUNT: &str = "123456789012";

/// Specs that differ in which resources exist, not only in their size.
pub(crate) const OPTIONS: &[&str] = &[
    STREAMTECH,
    "[encryption]\ncustomer_managed_key = false\n",
    "[encryption]\nkey_rotation = false\n",
    "[logs]\ncontainer_insights = false\n",
    "[network]\nnat_gateways = 1\n",
    "[network]\navailability_zones = 3\n",
    "[api]\naccount_logging_role = true\n",
    "[metadata]\nmigrations = \"off\"\n",
    "[database]\nwait_until_available = false\n",
    "[secrets]\ndatabase = \"theirs\"\n",
    "[secrets]\napi_key = \"theirs\"\n[encryption]\ncustomer_managed_key = false\n",
    "protect = true\n",
    TOKYO,
    STREAMFLIX,
    "pipeline = \"streamflix\"\nprotect = true\n[alerts]\nemail = \"ops@example.com\"\n",
    "pipeline = \"streamflix\"\n[network]\nnat_gateways = 0\n[worker]\nsubnets = \"public\"\n",
    "pipeline = \"streamflix\"\n[stream]\nmode = \"on_demand\"\nencryption = false\nshard_metrics = false\n",
    "pipeline = \"streamflix\"\n[encryption]\ncustomer_managed_key = false\n[logs]\ncontainer_insights = false\n",
    "pipeline = \"streamflix\"\n[database]\nreader = false\n[audit]\nlog_retention_days = 0\n",
    "pipeline = \"streamflix\"\n[audit]\nenabled = false\n[worker]\non_demand_base = 0\non_demand_weight = 0\n",
    "pipeline = \"streamflix\"\n[metadata]\nmigrations = \"off\"\n[database]\ndata_api = false\n",
];

/// Specs that together contain every kind.
const EVERYTHING: [&str; 3] = [
    "[api]\naccount_logging_role = true\n",
    TOKYO,
    "pipeline = \"streamflix\"\n[alerts]\nemail = \"ops@example.com\"\n",
];

pub(crate) fn drawn(text: &str, of: &str) -> (Graph<Aws>, State) {
    let spec = load(text).unwrap();
    let facts = Facts { postgres_version: "15.8".into(), ..Facts::placeholders(&spec.region, &requirements(&spec)) };
    let state = State::new(environment(&spec, ACCOUNT), "test", Timestamp::UNIX_EPOCH);
    (graph(&spec, &suffix(of), &facts), state)
}

pub(crate) fn new_plan(text: &str, of: &str) -> Plan<Aws> {
    let (graph, state) = drawn(text, of);
    plan(&graph, &state, KINDS, &timings()).unwrap()
}

fn wiring(text: &str) -> String {
    let (graph, _) = drawn(text, "demo");
    let mut out = String::new();
    for (name, node) in &graph.nodes {
        writeln!(out, "{name} ({})", node.kind.name()).unwrap();
        for edge in &node.edges {
            let needs = match edge.needs {
                Some(Needs::Ready) => "ready",
                Some(Needs::Known) => "known",
                None => "-",
            };
            let holds = match (edge.holds, edge.follows) {
                (true, _) => "holds",
                (false, true) => "follows",
                (false, false) => "-",
            };
            writeln!(out, "    {needs:5} {holds:5} {}", edge.on).unwrap();
        }
    }
    let rendered: Vec<&str> = graph.outputs.iter().map(|o| o.name.as_str()).collect();
    writeln!(out, "outputs: {}", rendered.join(", ")).unwrap();
    out
}

#[test]
fn the_wiring() {
    insta::assert_snapshot!(wiring(STREAMTECH));
    insta::assert_snapshot!("wiring-streamflix", wiring(STREAMFLIX));
    // Tokyo's graph is StreamTech's, without the secrets that already exist.
    let (all, fewer) = (wiring(STREAMTECH), wiring(TOKYO));
    let differs =
        |a: &str, b: &str| a.lines().filter(|l| !b.lines().any(|o| o == *l)).map(|l| format!("{l}\n")).collect();
    let (gone, new): (String, String) = (differs(&all, &fewer), differs(&fewer, &all));
    insta::assert_snapshot!("wiring-tokyo", format!("not there:\n{gone}\nnew:\n{new}"));
}

fn properties(text: &str) -> String {
    let mut out = String::new();
    for step in new_plan(text, "demo").steps {
        writeln!(out, "{:?} {} ({}): {}", step.action, step.name, step.kind, step.spec.unwrap()).unwrap();
    }
    out
}

#[test]
fn the_plan_of_a_new_environment() {
    insta::assert_snapshot!(properties(STREAMTECH));
    for (pipeline, text) in Pipeline::ALL.into_iter().zip(PIPELINES).skip(1) {
        insta::assert_snapshot!(format!("plan-{pipeline}"), properties(text));
    }
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

/// The field with a kind's name, and its maximum length in AWS; `None` if the name is unique only within its owner.
fn name_of(kind: &str) -> Option<(&'static str, usize)> {
    Some(match kind {
        "iam:role" => ("name", 64),
        "elb:load-balancer" | "elb:target-group" => ("name", 32),
        "elasticache:replication-group" => ("name", 40),
        "rds:instance" | "rds:cluster" | "rds:cluster-instance" | "s3:bucket" => ("name", 63),
        "sqs:queue" => ("name", 80),
        "kinesis:stream" | "cloudtrail:trail" => ("name", 128),
        "sns:topic" => ("name", 256),
        "logs:log-group" | "logs:service-log-group" => ("name", 512),
        "kms:alias" => ("name", 256),
        "secrets:generated-secret" => ("name", 512),
        "cloudwatch:alarm"
        | "ecs:cluster"
        | "ecs:service"
        | "rds:parameter-group"
        | "rds:cluster-parameter-group"
        | "rds:subnet-group" => ("name", 255),
        "ec2:security-group" | "elasticache:subnet-group" => ("name", 255),
        "ecs:task-definition" => ("family", 255),
        "scaling:policy" => ("name", 256),
        _ => return None,
    })
}

/// Kinds without a name: settings, associations, and resources named within an owner.
const NAMELESS: &[&str] = &[
    "apigateway:account-role",
    "apigateway:deployment",
    "apigateway:routes",
    "apigateway:stage",
    "apigateway:stage-throttling",
    "apigateway:usage-plan-key",
    "cloudtrail:trail-logging",
    "ec2:ingress-rule",
    "ec2:internet-gateway-attachment",
    "ec2:no-egress",
    "ec2:route",
    "ec2:route-table-association",
    "ec2:subnet-public-ip",
    "ec2:vpc-dns",
    "ecs:capacity-providers",
    "ecs:one-off-task",
    "efs:file-system-policy",
    "efs:lifecycle",
    "efs:mount-target",
    "elb:deregistration-delay",
    "elb:private-link-rules",
    "iam:role-policy",
    "iam:role-policy-attachment",
    "iam:service-linked-role",
    "kinesis:shard-metrics",
    "kinesis:stream-encryption",
    "kinesis:stream-retention",
    "kms:key-rotation",
    "logs:retention",
    "rds:cluster-parameters",
    "rds:migration",
    "rds:parameters",
    "s3:bucket-encryption",
    "s3:bucket-expiry",
    "s3:bucket-versioning",
    "s3:public-access-block",
    "s3:trail-bucket-policy",
    "secrets:connection-details",
    "secrets:rotation",
    "sns:subscription",
    "sns:topic-policy",
    "sqs:queue-policy",
];

#[test]
fn every_name_has_the_suffix_and_fits() {
    let longest = "a".repeat(suffix::LONGEST);
    let three_zones = "region = \"ap-northeast-1\"\n[network]\navailability_zones = 3\n";
    for (text, least) in EVERYTHING.into_iter().zip([40, 40, 30]) {
        let text = format!("{}{three_zones}{}", head(text), rest(text));
        let mut physical = BTreeSet::new();
        for step in new_plan(&text, &longest).steps.iter().filter(|s| !NAMELESS.contains(&s.kind.as_str())) {
            // A resource identified only by its id has a `Name` tag.
            let (field, most) = name_of(&step.kind).unwrap_or(("name", 256));
            let spec = step.spec.as_ref().unwrap();
            let Some(Value::String(name)) = spec.get(field) else { panic!("{} has no {field}: {spec}", step.kind) };
            assert!(name.contains(&longest), "{}: {name} has no suffix", step.name);
            assert!(name.len() <= most, "{}: {name} is {} long, at most {most}", step.name, name.len());
            let is_wide = matches!(step.kind.as_str(), "iam:role" | "s3:bucket");
            assert!(!is_wide || name.contains("ap-northeast-1"), "{name}: it is one for all regions");
            assert!(
                physical.insert((step.kind.clone(), name.clone())) || name_of(&step.kind).is_none(),
                "{}: {name} is taken",
                step.name
            );
        }
        assert!(physical.len() > least, "{} names in {text}", physical.len());
    }
}

/// The line that names the pipeline, and the other lines.
fn head(text: &str) -> &str {
    if text.starts_with("pipeline") { &text[..=text.find('\n').unwrap()] } else { "" }
}

fn rest(text: &str) -> &str {
    &text[head(text).len()..]
}

#[test]
fn every_kind_is_drawn() {
    let graphs = EVERYTHING.map(|text| drawn(text, "demo").0);
    let drawn: BTreeSet<&str> = graphs.iter().flat_map(|g| g.nodes.values()).map(|n| n.kind.name()).collect();
    let known: BTreeSet<&str> = KINDS.iter().map(|k| k.name()).collect();
    assert_eq!(drawn, known);
    assert!(NAMELESS.iter().all(|kind| known.contains(kind)), "a kind was renamed");
}
