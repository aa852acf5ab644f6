//! States in S3, which runs of several folders share. Runs of one machine know of each other whether they live; only a
//! stopped one is waited for until its lease has run out.
use crate::{
    gate::{Gate, Held, Lost},
    harness::Harness,
    moto::Moto,
};
use rustix::process::Signal;
use std::{thread::sleep, time::Duration};

/// A bucket with versions, as `state init` makes it.
const STATE: &str = "s3://states/team";
/// The same with a lease that runs out soon.
const SHORT: &str = "s3://states/team?lease=8s";

fn bucket(moto: &Moto) {
    moto.python("s3 = client('s3'); s3.create_bucket(Bucket='states'); s3.put_bucket_versioning(Bucket='states', VersioningConfiguration={'Status': 'Enabled'})");
}

/// A folder of its own, whose calls go through the gate, but not those for the state.
fn folder(gate: &Gate, moto: &Moto, state: &str) -> Harness {
    Harness::at(&gate.endpoint()).with("AWS_ENDPOINT_URL_S3", moto.endpoint()).with("VIDPIPE_STATE", state)
}

fn keys(moto: &Moto) -> String {
    moto.python("print([o['Key'] for o in client('s3').list_objects_v2(Bucket='states').get('Contents', []) if '/runs/' not in o['Key']])")
}

#[test]
fn a_life_leaves_no_state_and_few_versions() {
    let moto = Moto::start();
    bucket(&moto);
    let before = moto.live();
    let harness = Harness::at(moto.endpoint()).with("VIDPIPE_STATE", STATE);
    for line in ["up --suffix staging --yes", "status", "status --suffix staging", "outputs --suffix staging"] {
        harness.run(line).ends(0);
    }
    assert_eq!(keys(&moto).trim(), "['team/streamtech/123456789012-us-east-1/staging/state.json']");
    // From another folder, without a spec and without anything else.
    let other = Harness::at(moto.endpoint()).with("VIDPIPE_STATE", STATE);
    other.run("down --suffix staging --yes").ends(0);
    // Only the histories of the runs are left, in the bucket.
    assert_eq!(moto.live().differing(&before), ["s3:bucket"]);
    assert_eq!(keys(&moto).trim(), "[]");
    let listed = other.run("timeline --suffix staging --list -o json").ends(0).json();
    assert_eq!(listed["runs"].as_array().or(listed.as_array()).map(Vec::len), Some(2), "{listed}");
    let versions = moto.python(
        "print(len([v for v in client('s3').list_object_versions(Bucket='states').get('Versions', []) if '/runs/' not in v['Key']]))",
    );
    assert!(versions.trim().parse::<usize>().unwrap() <= 3, "{versions} versions are left");
}

#[test]
fn a_second_run_is_refused_and_follows_a_killed_one() {
    let moto = Moto::start();
    bucket(&moto);
    let gate = Gate::before(moto.endpoint());
    // The second run goes past the gate.
    let (one, two) = (folder(&gate, &moto, STATE), Harness::at(moto.endpoint()).with("VIDPIPE_STATE", STATE));
    gate.shut_at(20, Lost::Answer);
    let first = one.start("up --suffix staging --yes -o jsonl");
    gate.wait_shut();
    for command in ["up", "down"] {
        let second = two.run(&format!("{command} --suffix staging --yes")).ends(5);
        let holder = format!("`vidpipe up`, process {} on ", first.id());
        assert!(second.stderr.contains(&holder), "{}", second.stderr);
        assert!(second.stderr.contains("s3://states/team/"), "{}", second.stderr);
    }
    let shown = two.run("state show --suffix staging -o json").ends(0).json();
    assert_eq!(shown["holder"]["pid"], first.id(), "{shown}");
    assert!(first.killed(), "it had ended already");
    gate.open(Held::AreLost);
    two.run("up --suffix staging --yes").ends(0);
    assert_eq!(moto.live().twice(), [""; 0]);
    two.run("down --suffix staging --yes").ends(0);
    assert_eq!(keys(&moto).trim(), "[]");
}

#[test]
fn a_run_that_stood_still_starts_no_call_once_another_took_over() {
    let moto = Moto::start();
    bucket(&moto);
    let gate = Gate::before(moto.endpoint());
    let (one, two) = (folder(&gate, &moto, SHORT), folder(&gate, &moto, SHORT));
    gate.shut_at(30, Lost::Answer);
    let first = one.start("up --suffix staging --yes -o jsonl");
    gate.wait_shut();
    first.signal(Signal::STOP);
    gate.open(Held::GoOn);
    // It counts as alive, like any process of this machine, until half of its lease is over.
    sleep(Duration::from_secs(5));
    let second = two.run("up --suffix staging --yes").ends(0);
    assert!(second.stderr.contains("waiting for up to"), "{}", second.stderr);
    gate.forget();
    first.signal(Signal::CONT);
    let ended = first.wait().ends(5);
    assert_eq!(gate.changes(), [""; 0], "it changed something\n{}", ended.stderr);
    assert_eq!(moto.live().twice(), [""; 0]);
    two.run("down --suffix staging --yes").ends(0);
}

#[test]
fn a_state_moves_to_s3_and_back() {
    let moto = Moto::start();
    bucket(&moto);
    let harness = Harness::at(moto.endpoint());
    harness.run("up --suffix staging --yes").ends(0);
    harness.run("state migrate .vidpipe s3://states/team --yes").ends(0);
    harness.run("status --suffix staging").ends(7);
    harness.run("status --suffix staging --state s3://states/team").ends(0);
    harness.run("up --suffix staging --yes --state s3://states/team").ends(0);
    // Its state there is newer than the copy that was pulled before.
    let pulled = harness.run("state pull --suffix staging --state s3://states/team").ends(0);
    harness.write("old.json", &pulled.stdout);
    harness.run("up --suffix staging --yes --refresh --state s3://states/team").ends(0);
    let same = harness.run("state push --suffix staging --state s3://states/team old.json");
    assert!([0, 6].contains(&same.code()), "{}", same.stderr);
    harness.run("state migrate s3://states/team .vidpipe --yes").ends(0);
    assert_eq!(keys(&moto).trim(), "[]");
    harness.run("plan --suffix staging --detailed-exitcode").ends(0);
    harness.run("timeline --suffix staging --list").ends(0);
    harness.run("down --suffix staging --yes").ends(0);
}

#[test]
fn an_older_state_or_another_environments_is_not_pushed() {
    let harness = Harness::empty();
    harness.run("up --suffix staging --sandbox --yes").ends(0);
    let old = harness.run("state pull --suffix staging --sandbox").ends(0);
    harness.write("old.json", &old.stdout);
    harness.run("state push --suffix staging --sandbox old.json").ends(0);
    harness.write("vidpipe.toml", "[logs]\nretention_days = 30\n");
    harness.run("up --suffix staging --sandbox --yes").ends(0);
    let refused = harness.run("state push --suffix staging --sandbox old.json").ends(6);
    assert!(refused.stderr.contains("the state there is newer"), "{}", refused.stderr);
    let refused = harness.run("state push --suffix other --sandbox old.json").ends(6);
    assert!(refused.stderr.contains("is the state of `staging`, not of `other`"), "{}", refused.stderr);
    harness.write("broken.json", old.stdout.replace("streamtech", "streamtxch"));
    harness.run("state push --suffix staging --sandbox broken.json").ends(6);
    let refused = harness.run("state unlock --suffix staging --sandbox").ends(6);
    assert!(refused.stderr.contains("nothing to unlock"), "{}", refused.stderr);
}

#[test]
fn a_place_that_cannot_be_used_is_refused_and_never_empty() {
    let moto = Moto::start();
    let harness = Harness::at(moto.endpoint());
    let refused = harness.run("status --state s3://states/team").ends(6);
    assert!(refused.stderr.contains("vidpipe state init s3://states"), "{}", refused.stderr);
    for (state, says) in [
        ("s3:/x", "it must begin with `s3://`"),
        ("s3://Bad", "3 to 63 characters"),
        ("s3://states?lock=x", "there is no option `lock`"),
        ("gs://states", "`gs:` is not supported"),
    ] {
        let refused = harness.run(&format!("status --state {state}")).ends(64);
        assert!(refused.stderr.contains(says), "{}", refused.stderr);
    }
    let refused = harness.run("up --suffix staging --sandbox --yes --state s3://states/team").ends(64);
    assert!(refused.stderr.contains("the sandbox keeps its AWS in a folder"), "{}", refused.stderr);
    harness.run("state init s3://states").ends(0);
    harness.run("state init s3://states").ends(0);
    harness.run("up --suffix staging -p streamflix --yes --state s3://states/team").ends(0);
    harness.run("status --state s3://states/team").ends(0);
    moto.python("client('s3').create_bucket(Bucket='plain')");
    let lacks = harness.run("state init s3://plain").ends(1);
    assert!(lacks.stderr.contains("versioning") && lacks.stderr.contains("public access"), "{}", lacks.stderr);
    moto.python("client('s3').put_object(Bucket='plain', Key='t/streamtech/123456789012-us-east-1/staging/state.json', Body=b'{\"version\": 4}')");
    let refused = harness.run("up --suffix staging --yes --state s3://plain/t").ends(6);
    assert!(refused.stderr.contains("vidpipe did not write it"), "{}", refused.stderr);
}
