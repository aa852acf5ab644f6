//! A call that AWS refuses: what does not stand on it goes on, what failed and why is said, and the next run continues.
use crate::{gate::Gate, moto::Moto, world::World};

const OPERATION: &str = "CreateDBSubnetGroup";

#[test]
fn the_rest_goes_on_and_the_next_run_continues() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let world = World::at(&gate.endpoint());
    gate.refuse(Some(OPERATION));
    let ran = world.run("up --suffix staging --yes").ends(3);
    for told in ["database-subnets", "AccessDenied", "request-of-the-gate", "vidpipe up --suffix staging"] {
        assert!(ran.stderr.contains(told), "{told} is not told: {}", ran.stderr);
    }
    assert_eq!(ran.stdout, "", "there are no outputs of half an environment");
    let nodes = world.run("status --suffix staging -o json").ends(0).json()["nodes"].take();
    let phase = |name: &str| nodes.as_array().unwrap().iter().find(|n| n["name"] == name).map(|n| n["phase"].clone());
    assert_eq!(phase("cache"), Some("ready".into()), "{nodes:#}");
    assert_eq!(phase("database"), None, "{nodes:#}");
    world.run("outputs --suffix staging").ends(1);

    gate.refuse(None);
    world.run("up --suffix staging --yes").ends(0);
    assert_eq!(moto.live().twice(), [""; 0]);
}

#[test]
fn what_was_made_goes_again_if_that_was_asked_for() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let world = World::at(&gate.endpoint());
    let before = moto.live();
    gate.refuse(Some(OPERATION));
    world.run("up --suffix staging --yes --on-failure rollback").ends(3);
    assert_eq!(moto.live().differing(&before), [""; 0], "something is left");
    world.run("status --suffix staging").ends(7);
}

/// An environment that stood before the run stands after it: only what the run made goes again.
#[test]
fn what_stood_before_stays_when_a_run_is_taken_back() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let world = World::at(&gate.endpoint());
    world.write("vidpipe.toml", "protect = true\n[metadata]\nmigrations = \"off\"\n");
    world.run("up --suffix staging --yes").ends(0);
    let before = moto.live();
    // A larger cache is no new thing; what makes the tables is.
    world.write("vidpipe.toml", "protect = true\n[cache]\nnode_type = \"cache.t3.small\"\n");
    gate.refuse(Some("RunTask"));
    let ran = world.run("up --suffix staging --yes --on-failure rollback").ends(3);
    for told in ["changed, and left as it is now: cache", "taken back: "] {
        assert!(ran.stderr.contains(told), "{told} is not told: {}", ran.stderr);
    }
    let changed = ["elasticache:cluster", "elasticache:replication-group"];
    let more: Vec<String> =
        moto.live().differing(&before).into_iter().filter(|k| !changed.contains(k)).map(str::to_owned).collect();
    assert_eq!(more, [""; 0], "{}", ran.stderr);
    world.run("status --suffix staging").ends(0);
}

#[test]
fn a_removal_that_is_refused_is_asked_for_again() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let world = World::at(&gate.endpoint());
    let before = moto.live();
    world.run("up --suffix staging --yes").ends(0);
    gate.refuse(Some("DeleteDBSubnetGroup"));
    let ran = world.run("down --suffix staging --yes").ends(3);
    assert!(ran.stderr.contains("vidpipe down --suffix staging"), "{}", ran.stderr);
    gate.refuse(None);
    world.run("down --suffix staging --yes").ends(0);
    assert_eq!(moto.live().differing(&before), [""; 0], "something is left");
}
