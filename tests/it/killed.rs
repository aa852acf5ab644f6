//! kill -9 in the middle of a run, at exact calls: the same command again completes, makes nothing twice and leaves
//! nothing. A kind that has only our tags to be found by is looked for over a minute before it is made: by design.
use crate::{
    changes::{CHANGED, REVISED},
    gate::{Gate, Held, Lost},
    moto::Moto,
    world::World,
};

const UP: &str = "up --suffix staging --yes -o jsonl";
/// What the change costs is agreed to.
const CHANGE: &str = "up --suffix staging --yes --allow-data-loss database -o jsonl";
const DOWN: &str = "down --suffix staging --yes -o jsonl";

/// Kill the command at each of these calls in turn, each time further on, and then let it end.
fn killed_at(gate: &Gate, world: &World, command: &str, moments: &[(usize, Lost)]) {
    for (call, lost) in moments {
        gate.shut_at(*call, *lost);
        let run = world.start(command);
        gate.wait_shut();
        assert!(run.killed(), "it had ended already");
        gate.open(Held::AreLost);
    }
    world.run(command).ends(0);
}

fn up_is_killed_at(moments: &[(usize, Lost)]) {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let world = World::at(&gate.endpoint());
    let before = moto.live();
    killed_at(&gate, &world, UP, moments);
    let made = moto.live();
    assert_eq!(made.twice(), [""; 0]);
    world.run("down --suffix staging --yes").ends(0);
    assert_eq!(moto.live().differing(&before), [""; 0], "something is left");

    // What an undisturbed run makes.
    world.run("up --suffix staging --yes").ends(0);
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
    let world = World::at(&gate.endpoint());
    let before = moto.live();
    world.run("up --suffix staging --yes").ends(0);
    killed_at(&gate, &world, DOWN, moments);
    assert_eq!(moto.live().differing(&before), [""; 0], "something is left");
    assert!(!world.place().join("state.json").exists());
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

/// Without the gate: at whatever moment it is when so many events have come. A run that was quicker than that had
/// nothing left to do for the next.
#[test]
fn up_and_down_after_so_many_events() {
    let moto = Moto::start();
    let world = World::at(moto.endpoint());
    let before = moto.live();
    let cut_short = |command: &str, events: usize| {
        let mut run = world.start(command);
        run.read(events) == events && run.killed()
    };
    assert!([5, 25, 60, 100].map(|events| cut_short(UP, events)).contains(&true), "no run was killed");
    world.run(UP).ends(0);
    assert_eq!(moto.live().twice(), [""; 0]);
    assert!([5, 25, 60, 100].map(|events| cut_short(DOWN, events)).contains(&true), "no run was killed");
    if world.place().join("state.json").exists() {
        world.run(DOWN).ends(0);
    }
    assert_eq!(moto.live().differing(&before), [""; 0], "something is left");
}

/// A run that was killed before it had made anything is not in the way of `down`.
#[test]
fn up_and_then_down_instead() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let world = World::at(&gate.endpoint());
    let before = moto.live();
    gate.shut_at(40, Lost::Answer);
    let run = world.start(UP);
    gate.wait_shut();
    assert!(run.killed(), "it had ended already");
    gate.open(Held::AreLost);
    world.run(DOWN).ends(0);
    assert_eq!(moto.live().differing(&before), [""; 0], "something is left");
}

/// A change is killed where it counts: when the old has gone, and when the new has been asked for.
#[test]
fn a_change_again_and_again() {
    let moto = Moto::start();
    let gate = Gate::before(moto.endpoint());
    let world = World::at(&gate.endpoint());
    let before = moto.live();
    world.run(UP).ends(0);
    world.write("vidpipe.toml", CHANGED);
    killed_at(&gate, &world, CHANGE, &[(1, Lost::Answer), (1, Lost::Call), (2, Lost::Answer), (2, Lost::Answer)]);
    let live = moto.live();
    assert_eq!(live.twice(), REVISED);
    assert_eq!(live.of("ecs:task-definition").len(), 5, "two of three families have a second revision");
    assert_eq!(live.of("rds:instance")[0]["DBName"], "videos");
    assert_eq!(live.of("elasticache:replication-group")[0]["CacheNodeType"], "cache.t3.small");
    world.run("plan --suffix staging --detailed-exitcode").ends(0);
    world.run(DOWN).ends(0);
    assert_eq!(moto.live().differing(&before), [""; 0], "something is left");
}
