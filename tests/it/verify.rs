//! `verify` from outside: its calls, its report of what is broken, its exit codes, and the evidence it writes.
use crate::{gate::Gate, harness::Harness, moto::Moto};
use serde_json::Value;
use std::{collections::BTreeSet, fs};

const VERIFY: &str = "verify --suffix staging";
const SPEC: &str = "pipeline = \"streamtech\"\n[tags]\nowner = \"media\"\n";

fn sandboxed(command: &str) -> String {
    format!("{command} --suffix staging --sandbox --sandbox-clock paused")
}

/// The failed and unknown checks, as `service node: what`.
fn troubled(document: &Value) -> BTreeSet<String> {
    let bad = |c: &&Value| c["verdict"] == "failed" || c["verdict"] == "unknown";
    let text = |c: &Value| ["service", "node", "what"].map(|field| c[field].as_str().unwrap().to_owned());
    let checks = document["checks"].as_array().unwrap().iter().filter(bad).map(text);
    checks.map(|[service, node, what]| format!("{service} {node}: {what}")).collect()
}

#[test]
fn in_the_sandbox_all_is_well_and_the_evidence_says_it_is_none() {
    let harness = Harness::empty();
    harness.write("vidpipe.toml", SPEC);
    harness.run(&sandboxed("verify")).ends(7);
    harness.run(&format!("{} --yes", sandboxed("up"))).ends(0);
    let ran = harness.run(&format!("{} --report evidence/staging.md", sandboxed("verify"))).ends(0);
    assert!(ran.stdout.contains("passed") && !ran.stdout.contains("FAILED"), "{}", ran.stdout);
    let evidence = fs::read_to_string(harness.here().join("evidence/staging.md")).unwrap();
    for text in [
        "# Evidence for streamtech",
        "no evidence of anything on AWS",
        "| Account | 123456789012 |",
        "## Encryption at rest",
        "## Encryption in transit",
        "## Access",
        "## Retention",
        "## Audit trail",
        "## Availability",
        "## Tags",
        "DescribeDBInstances",
        "owner=media",
    ] {
        assert!(evidence.contains(text), "{text} is missing:\n{evidence}");
    }
    assert_eq!(fs::read_dir(harness.here().join("evidence")).unwrap().count(), 1, "nothing else is left there");
    let document = harness.run(&format!("{} -o json", sandboxed("verify"))).ends(0).json();
    assert_eq!((&document["good"], &document["failed"]), (&true.into(), &0.into()));
    assert!(document["passed"].as_u64().unwrap() > 150, "{}", document["passed"]);
    harness.run(&format!("{} --yes", sandboxed("down"))).ends(0);
    harness.run(&sandboxed("verify")).ends(7);
}

/// The breakages made in moto, one after the other: a line of Python, and the checks that fail from then on.
const BROKEN: &[(&str, &[&str])] = &[
    (
        "k = client('apigateway').get_api_keys()['items'][0]['id']
client('apigateway').update_api_key(apiKey=k, patchOperations=[{'op': 'replace', 'path': '/enabled', 'value': 'false'}])",
        &["apigateway api-key: the key is enabled", "apigateway api-stage: answers GET /health with the key"],
    ),
    (
        "p = client('apigateway').get_usage_plans()['items'][0]['id']
client('apigateway').update_usage_plan(usagePlanId=p, patchOperations=[{'op': 'replace', 'path': '/throttle/burstLimit', 'value': '9'}])",
        &["apigateway usage-plan: the plan's burst is limited"],
    ),
    (
        "client('logs').put_retention_policy(logGroupName='/ecs/video-api-staging', retentionInDays=1)",
        &["logs video-api-log-group-retention: logs are kept as long as specified"],
    ),
    (
        "s = [s['SubnetId'] for s in client('ec2').describe_subnets()['Subnets'] for t in s.get('Tags', []) if t['Value'] == 'isolated-1-staging'][0]
client('ec2').modify_subnet_attribute(SubnetId=s, MapPublicIpOnLaunch={'Value': True})",
        &["ec2 isolated-1: it gives no public addresses"],
    ),
    (
        "client('rds').modify_db_instance(DBInstanceIdentifier='rds-postgresql-staging', BackupRetentionPeriod=1, ApplyImmediately=True)",
        &["rds database: backups are kept as specified"],
    ),
    (
        "k = client('kms').describe_key(KeyId='alias/video-processing-staging')['KeyMetadata']['KeyId']
client('kms').disable_key_rotation(KeyId=k)",
        &["kms kms-key-rotation: the key's material is rotated"],
    ),
    (
        "client('iam').untag_role(RoleName='video-api-task-staging-us-east-1', TagKeys=['owner'])",
        &["iam video-api-task-role: has its tags and name"],
    ),
];

#[test]
fn at_an_endpoint_what_is_broken_fails_and_is_named() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let harness = Harness::at(&gate.endpoint());
    harness.write("vidpipe.toml", SPEC);
    harness.run("up --suffix staging --yes").ends(0);
    let before = moto.live();
    let document = harness.run(&format!("{VERIFY} -o json")).ends(0).json();
    assert!(document["where"].as_str().unwrap().contains("127.0.0.1"), "{}", document["where"]);
    assert_eq!(moto.live().differing(&before), [""; 0], "it only looks");

    let mut known = BTreeSet::new();
    for (lines, fails) in BROKEN {
        moto.python(lines);
        let now = troubled(&harness.run(&format!("{VERIFY} -o json")).ends(1).json());
        let new: Vec<&String> = now.difference(&known).collect();
        assert_eq!(new, *fails, "{lines}");
        known = now;
    }
    let ran = harness.run(&format!("{VERIFY} --report evidence.md")).ends(1);
    for text in ["differs from its spec", "kms kms-key-rotation", "plan --refresh"] {
        assert!(ran.stderr.contains(text), "{text} is not told: {}", ran.stderr);
    }
    assert!(fs::read_to_string(harness.here().join("evidence.md")).unwrap().contains("NOT all is as the spec says"));

    gate.refuse(Some("DescribeDBInstances"));
    let now = troubled(&harness.run(&format!("{VERIFY} -o json")).ends(1).json());
    assert!(now.contains("rds database: exists and can be read"), "{now:?}");
    gate.refuse(None);
}

/// The generated values are read, and never printed: not even in a report of failures.
#[test]
fn no_generated_value_is_said_or_written() {
    let moto = Moto::start();
    let harness = Harness::at(moto.endpoint());
    harness.run("up --suffix staging --yes").ends(0);
    let values = moto.python(crate::secrets::VALUES);
    let values: Vec<&str> = values.lines().collect();
    assert!(values.len() >= 3 && values.iter().all(|v| v.len() >= 16), "{} values", values.len());
    let mut output = String::new();
    for (format, breaking) in [
        ("human", "pass"),
        ("json", "client('secretsmanager').put_secret_value(SecretId='db-secret-staging', SecretString='x')"),
        ("plain", "client('apigateway').delete_api_key(apiKey=client('apigateway').get_api_keys()['items'][0]['id'])"),
    ] {
        moto.python(breaking);
        let ran = harness.run(&format!("{VERIFY} -o {format} --report {format}.md"));
        let report = fs::read_to_string(harness.here().join(format!("{format}.md"))).unwrap();
        output += &(ran.stdout + &ran.stderr + &report);
    }
    assert!(values.iter().all(|v| !output.contains(v)), "a generated value is said");
}
