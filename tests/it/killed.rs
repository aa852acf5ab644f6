//! kill -9 in the middle of a run, at exact calls: the same command then completes, creates nothing twice and leaves
//! nothing. By design, a resource that only its tags identify is polled for over a minute before it is created.
use crate::{
    changes::{CHANGED, REVISED},
    gate::{Gate, Held, Lost},
    harness::Harness,
    moto::Moto,
};

const UP: &str = "up --suffix staging --yes -o jsonl";
/// Consents to the data loss of the change.
const CHANGE: &str = "up --suffix staging --yes --allow-data-loss database -o jsonl";
const DOWN: &str = "down --suffix staging --yes -o jsonl";

/// Kills the command at each of these calls in turn, each time further on, and then lets it end.
fn killed_at(gate: &Gate, harness: &Harness, command: &str, moments: &[(usize, Lost)]) {
    for (call, lost) in moments {
        gate.shut_at(*call, *lost);
        let run = harness.start(command);
        gate.wait_shut();
        assert!(run.killed(), "it had ended already");
        gate.open(Held::AreLost);
    }
    harness.run(command).ends(0);
}

fn up_is_killed_at(moments: &[(usize, Lost)]) {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let harness = Harness::at(&gate.endpoint());
    let before = moto.live();
    killed_at(&gate, &harness, UP, moments);
    let made = moto.live();
    assert_eq!(made.twice(), [""; 0]);
    harness.run("down --suffix staging --yes").ends(0);
    assert_eq!(moto.live().differing(&before), [""; 0], "something is left");

    // The resources an undisturbed run creates.
    harness.run("up --suffix staging --yes").ends(0);
    assert_eq!(made.counts(), moto.live().counts());
}

#[test]
fn up_at_the_first_call() {
    up_is_killed_at(&[(1, Lost::Call)]);
}

#[test]
fn up_when_the_first_answer_is_lost() {
    up_is_killed_at(&[(1, Lost::Answer)]);
}

#[test]
fn up_early_and_again() {
    up_is_killed_at(&[(12, Lost::Answer), (12, Lost::Answer)]);
}

#[test]
fn up_halfway() {
    up_is_killed_at(&[(60, Lost::Answer)]);
}

#[test]
fn up_late_and_again() {
    up_is_killed_at(&[(90, Lost::Answer), (3, Lost::Answer), (3, Lost::Call)]);
}

fn down_is_killed_at(moments: &[(usize, Lost)]) {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let harness = Harness::at(&gate.endpoint());
    let before = moto.live();
    harness.run("up --suffix staging --yes").ends(0);
    killed_at(&gate, &harness, DOWN, moments);
    assert_eq!(moto.live().differing(&before), [""; 0], "something is left");
    assert!(!harness.place().join("state.json").exists());
}

#[test]
fn down_again_and_again() {
    let moments = [(1, Lost::Call), (1, Lost::Answer), (20, Lost::Answer), (20, Lost::Answer), (20, Lost::Call)];
    down_is_killed_at(&moments);
}

#[test]
fn down_late() {
    down_is_killed_at(&[(80, Lost::Answer), (2, Lost::Answer), (2, Lost::Answer)]);
}

/// Without the gate: kills each run once this many events have arrived, at whatever call that is. A run that was
/// quicker left nothing to do for the next.
#[test]
fn up_and_down_after_so_many_events() {
    let moto = Moto::start();
    let harness = Harness::at(moto.endpoint());
    let before = moto.live();
    let cut_short = |command: &str, events: usize| {
        let mut run = harness.start(command);
        run.read(events) == events && run.killed()
    };
    assert!([5, 25, 60, 100].map(|events| cut_short(UP, events)).contains(&true), "no run was killed");
    harness.run(UP).ends(0);
    assert_eq!(moto.live().twice(), [""; 0]);
    assert!([5, 25, 60, 100].map(|events| cut_short(DOWN, events)).contains(&true), "no run was killed");
    if harness.place().join("state.json").exists() {
        harness.run(DOWN).ends(0);
    }
    assert_eq!(moto.live().differing(&before), [""; 0], "something is left");
}

/// A run that was killed in the middle does not prevent `down`.
#[test]
fn up_and_then_down_instead() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let harness = Harness::at(&gate.endpoint());
    let before = moto.live();
    gate.shut_at(40, Lost::Answer);
    let run = harness.start(UP);
    gate.wait_shut();
    assert!(run.killed(), "it had ended already");
    gate.open(Held::AreLost);
    harness.run(DOWN).ends(0);
    assert_eq!(moto.live().differing(&before), [""; 0], "something is left");
}

/// A change is killed at its critical points: when the old resource is deleted, and when the new one is requested.
#[test]
fn a_change_again_and_again() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let harness = Harness::at(&gate.endpoint());
    let before = moto.live();
    harness.run(UP).ends(0);
    harness.write("vidpipe.toml", CHANGED);
    killed_at(&gate, &harness, CHANGE, &[(1, Lost::Answer), (1, Lost::Call), (2, Lost::Answer), (2, Lost::Answer)]);
    let inventory = moto.live();
    assert_eq!(inventory.twice(), REVISED);
    assert_eq!(inventory.of("ecs:task-definition").len(), 5, "two of three families have a second revision");
    assert_eq!(inventory.of("rds:instance")[0]["DBName"], "videos");
    assert_eq!(inventory.of("elasticache:replication-group")[0]["CacheNodeType"], "cache.t3.small");
    harness.run("plan --suffix staging --detailed-exitcode").ends(0);
    harness.run(DOWN).ends(0);
    assert_eq!(moto.live().differing(&before), [""; 0], "something is left");
}
