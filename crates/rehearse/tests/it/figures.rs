//! `up` and `down` take as long as AWS takes, and no longer: on a day on which everything takes its usual time, by the
//! sandbox's clock.
use crate::subject::calm;
use std::collections::BTreeSet;
use vidpipe_pipelines::spec::Pipeline::{self, Streamflix, Streamtech, StreamtechTokyo};
use vidpipe_rehearse::{Phase, rehearse, runtime};
use vidpipe_sandbox::{Conditions, Speed};

/// So many times AWS's own part of the chain that decides.
const RATIO: f64 = 1.02;

/// At most so many seconds each.
fn takes(pipeline: Pipeline, up: f64, down: f64) {
    let subject = calm(pipeline);
    let day = Conditions { speed: Speed::Typical, ..Conditions::strict(0) };
    let runtime = runtime().expect("a runtime can be made");
    let told = runtime.block_on(rehearse(&subject.spec, &subject.suffix, day));
    let told = told.expect("the sandbox offers what the spec asks for");
    let check = |command: &str, phase: &Phase, most: f64| {
        let (seconds, ratio) = (phase.seconds, phase.ratio());
        println!("{pipeline} {command}: {seconds:.1} s, {ratio:.4} times AWS's own part");
        assert!(seconds < most, "{command} takes {seconds} s: {:?}", phase.critical);
        assert!((1.0..RATIO).contains(&ratio), "{command} takes {ratio} times AWS's own part: {:?}", phase.critical);
    };
    check("up", &told.up, up);
    check("down", &told.down, down);
    // Where AWS shows whose network interfaces still stand, they are waited for, and nothing is refused for them. Those of
    // a database and a cache are seen only by the refusal.
    let held = told.down.refused.iter().filter(|refusal| refusal.code == "DependencyViolation");
    let held: BTreeSet<&str> = held.map(|refusal| refusal.node.as_str()).collect();
    let stores = ["cache-group", "database-group", "isolated-1", "isolated-2"];
    assert!(held.is_subset(&stores.into()), "{held:?}");
}

#[test]
fn streamtech_takes_as_long_as_aws() {
    takes(Streamtech, 830.0, 375.0);
}

#[test]
fn tokyo_takes_as_long_as_aws() {
    takes(StreamtechTokyo, 830.0, 375.0);
}

#[test]
fn streamflix_takes_as_long_as_aws() {
    takes(Streamflix, 505.0, 435.0);
}
