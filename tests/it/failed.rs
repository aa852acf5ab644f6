//! A call that AWS refuses: everything that does not depend on it continues, the failure and its cause are reported,
//! and the next run continues.
use crate::{gate::Gate, harness::Harness, moto::Moto};

const OPERATION: &str = "CreateDBSubnetGroup";

#[test]
fn the_rest_goes_on_and_the_next_run_continues() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let harness = Harness::at(&gate.endpoint());
    gate.refuse(Some(OPERATION));
    let ran = harness.run("up --suffix staging --yes").ends(3);
    for text in ["database-subnet-group", "AccessDenied", "request-of-the-gate", "vidpipe up --suffix staging"] {
        assert!(ran.stderr.contains(text), "{text} is not told: {}", ran.stderr);
    }
    assert_eq!(ran.stdout, "", "there are no outputs of half an environment");
    let nodes = harness.run("status --suffix staging -o json").ends(0).json()["nodes"].take();
    let phase = |name: &str| nodes.as_array().unwrap().iter().find(|n| n["name"] == name).map(|n| n["phase"].clone());
    assert_eq!(phase("cache"), Some("ready".into()), "{nodes:#}");
    assert_eq!(phase("database"), None, "{nodes:#}");
    harness.run("outputs --suffix staging").ends(1);

    gate.refuse(None);
    harness.run("up --suffix staging --yes").ends(0);
    assert_eq!(moto.live().twice(), [""; 0]);
}

#[test]
fn what_was_made_goes_again_if_that_was_asked_for() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let harness = Harness::at(&gate.endpoint());
    let before = moto.live();
    gate.refuse(Some(OPERATION));
    harness.run("up --suffix staging --yes --on-failure rollback").ends(3);
    assert_eq!(moto.live().differing(&before), [""; 0], "something is left");
    harness.run("status --suffix staging").ends(7);
}

/// An environment that existed before the run exists after it: only what the run created is deleted.
#[test]
fn what_stood_before_stays_when_a_run_is_taken_back() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let harness = Harness::at(&gate.endpoint());
    harness.write("vidpipe.toml", "protect = true\n[metadata]\nmigrations = \"off\"\n");
    harness.run("up --suffix staging --yes").ends(0);
    let before = moto.live();
    // A larger cache is not a new resource; the task that creates the tables is.
    harness.write("vidpipe.toml", "protect = true\n[cache]\nnode_type = \"cache.t3.small\"\n");
    gate.refuse(Some("RunTask"));
    let ran = harness.run("up --suffix staging --yes --on-failure rollback").ends(3);
    for text in ["changed, and left as it is now: cache", "taken back: "] {
        assert!(ran.stderr.contains(text), "{text} is not told: {}", ran.stderr);
    }
    let changed = ["elasticache:cluster", "elasticache:replication-group"];
    let more: Vec<String> =
        moto.live().differing(&before).into_iter().filter(|k| !changed.contains(k)).map(str::to_owned).collect();
    assert_eq!(more, [""; 0], "{}", ran.stderr);
    harness.run("status --suffix staging").ends(0);
}

#[test]
fn a_removal_that_is_refused_is_asked_for_again() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let harness = Harness::at(&gate.endpoint());
    let before = moto.live();
    harness.run("up --suffix staging --yes").ends(0);
    gate.refuse(Some("DeleteDBSubnetGroup"));
    let ran = harness.run("down --suffix staging --yes").ends(3);
    assert!(ran.stderr.contains("vidpipe down --suffix staging"), "{}", ran.stderr);
    gate.refuse(None);
    harness.run("down --suffix staging --yes").ends(0);
    assert_eq!(moto.live().differing(&before), [""; 0], "something is left");
}
