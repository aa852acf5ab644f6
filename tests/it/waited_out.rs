//! The errors AWS really returns in a fresh account, for new resources, and for busy resources, word for word and for a
//! while: vidpipe waits until they pass. One `up`, one more with a changed spec, and one `down` each complete.
//!
//! Each error is returned from the first call of its operation on, for two seconds; with `VIDPIPE_TORTURE=1` for
//! fifteen, and then also the errors about missing capacity, which vidpipe retries only after minutes.
use crate::{
    answers::{Answer, answers},
    gate::Gate,
    harness::Harness,
    moto::Moto,
};
use std::{collections::BTreeSet, thread, time::Duration};

fn is_torture() -> bool {
    std::env::var_os("VIDPIPE_TORTURE").is_some()
}

fn lasting() -> Duration {
    Duration::from_secs(if is_torture() { 15 } else { 2 })
}

fn that_pass() -> impl Iterator<Item = Answer> {
    answers().into_iter().filter(|answer| answer.passes && (is_torture() || !answer.slow))
}

/// The secrets that streamtech-tokyo expects to exist.
const SECRETS: &str = "import json
secrets = client('secretsmanager', 'ap-northeast-1')
secrets.create_secret(Name='streamtech-tokyo/database',
                      SecretString=json.dumps({'username': 'postgres', 'password': 'hunter2-hunter2-hunter2'}))
secrets.create_secret(Name='streamtech-tokyo/api-key', SecretString='hunter2-hunter2-hunter2')";

const CHANGED: &str = r#"
[worker]
image = "registry.example.com/worker:2"
"#;
/// The changes that only StreamTech and its variants have.
const CHANGED_STORES: &str = r#"
[cache]
node_type = "cache.t3.small"

[database]
storage_gib = 200
"#;

/// A role not yet known to a service is shown with a unique id in place of its name.
/// hashicorp/terraform-provider-aws#22018
fn with_a_unique_id(role: &str) -> String {
    let Some((before, rest)) = role.split_once("<Arn>") else { return role.to_owned() };
    let after = rest.split_once("</Arn>").map_or("", |(_, after)| after);
    format!("{before}<Arn>AROAQ3EGUEXAMPLE22018</Arn>{after}")
}

/// A healthy load balancer may be reported as `failed` for one read.
/// hashicorp/terraform-provider-aws internal/service/elbv2/load_balancer.go
fn failed(balancers: &str) -> String {
    balancers.replace("<Code>active</Code>", "<Code>failed</Code>")
}

/// One lifecycle of a pipeline. Returns the errors that were never returned in it.
fn lives(pipeline: &str, region: &str) -> BTreeSet<String> {
    let moto = Moto::start();
    if pipeline == "streamtech-tokyo" {
        moto.python(SECRETS);
    }
    let gate = Gate::before(moto.endpoint());
    let harness = Harness::at(&gate.endpoint());
    let before = moto.live_in(region);
    // A user's secret that is scheduled for deletion is refused at once: nothing begins.
    let is_theirs = |answer: &Answer| pipeline == "streamtech-tokyo" && answer.is_of("DescribeSecret");
    gate.keep(that_pass().filter(|answer| !is_theirs(answer)), lasting());
    gate.change("GetRole", with_a_unique_id, lasting());
    gate.change("DescribeLoadBalancers", failed, lasting());

    harness.write("vidpipe.toml", format!("pipeline = \"{pipeline}\"\n"));
    harness.run("up --suffix staging --yes").ends(0);
    assert_eq!(moto.live_in(region).twice(), [""; 0], "{pipeline}: made twice");
    assert_eq!(open_groups(&moto, region, &closed(&harness)), "", "{pipeline}: these groups let everything out");
    let stores = if pipeline == "streamflix" { "" } else { CHANGED_STORES };
    harness.write("vidpipe.toml", format!("pipeline = \"{pipeline}\"\n{CHANGED}{stores}"));
    harness.run("up --suffix staging --yes").ends(0);
    harness.run("down --suffix staging --yes").ends(0);
    assert_eq!(moto.live_in(region).differing(&before), [""; 0], "{pipeline}: something is left");
    gate.never_given().into_iter().collect()
}

/// The security groups that are recorded as having no egress.
fn closed(harness: &Harness) -> Vec<String> {
    let state = harness.only_state();
    let entries = state["entries"].as_object().unwrap().values();
    let closed = entries.filter(|e| e["kind"] == "ec2:no-egress").map(|e| e["spec"]["group_id"].as_str().unwrap());
    let closed: Vec<String> = closed.map(str::to_owned).collect();
    assert!(!closed.is_empty(), "no group is recorded as closed");
    closed
}

/// The groups among these that still have the rule that AWS adds to every new one.
fn open_groups(moto: &Moto, region: &str, groups: &[String]) -> String {
    let printed = moto.python(&format!(
        "for group in client('ec2', '{region}').describe_security_groups(GroupIds={groups:?})['SecurityGroups']:
    if any(rule['IpProtocol'] == '-1' for rule in group['IpPermissionsEgress']):
        print(group['GroupName'])",
    ));
    printed.trim().to_owned()
}

/// The operations these lifecycles do not call: the account's role for logs is read only where the spec requests one,
/// and a log group is encrypted afterwards only where its service has created it before.
const SELDOM: [&str; 2] = ["A8 GetAccount", "B5 AssociateKmsKey"];

#[test]
fn real_answers_in_one_run() {
    let never: Vec<BTreeSet<String>> = thread::scope(|scope| {
        let pipelines =
            [("streamtech", "us-east-1"), ("streamtech-tokyo", "ap-northeast-1"), ("streamflix", "eu-central-1")];
        let lives = pipelines.map(|(pipeline, region)| scope.spawn(move || lives(pipeline, region)));
        lives.map(|life| life.join().unwrap()).into_iter().collect()
    });
    let in_no_life = never.into_iter().reduce(|all, one| all.intersection(&one).cloned().collect()).unwrap();
    let in_no_life: Vec<String> =
        in_no_life.into_iter().filter(|text| !SELDOM.iter().any(|s| text.starts_with(s))).collect();
    assert_eq!(in_no_life, [""; 0], "these were never given: the table has what vidpipe does not call");
}
