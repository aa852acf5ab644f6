//! Ctrl-C, SIGTERM and SIGHUP: the first stops in good order, the second at once; either way the next run completes.
use crate::{
    gate::{Gate, Held, Lost},
    moto::Moto,
    world::{Running, World},
};
use rustix::process::Signal;

/// The event of a run that ended in good order.
const ENDED: &str = r#""event":"ended""#;

struct Stopped {
    moto: Moto,
    gate: Gate,
    world: World,
}

impl Stopped {
    /// An `up` in the middle, that has been told to stop and has said that it will.
    fn by(signal: Signal) -> (Self, Running) {
        let moto = Moto::start();
        let gate = Gate::before(moto.endpoint());
        let world = World::at(&gate.endpoint());
        gate.shut_at(30, Lost::Call);
        let mut up = world.start("up --suffix staging --yes -o jsonl");
        gate.wait_shut();
        up.signal(signal);
        up.read_until("stopping");
        (Self { moto, gate, world }, up)
    }

    /// The same command again, and then nothing twice and nothing left.
    fn completes(self) {
        let Self { moto, world, .. } = self;
        world.run("up --suffix staging --yes").ends(0);
        assert_eq!(moto.live().twice(), [""; 0]);
        let nodes = world.run("status --suffix staging -o json").ends(0).json()["nodes"].take();
        assert!(nodes.as_array().unwrap().iter().all(|n| n["phase"] == "ready"), "{nodes:#}");
        world.run("down --suffix staging --yes").ends(0);
        assert!(!world.place().join("state.json").exists());
    }
}

fn stops_in_good_order(signal: Signal, code: i32) {
    let (stopped, up) = Stopped::by(signal);
    let sent = stopped.gate.calls().len();
    stopped.gate.open(Held::GoOn);
    let ran = up.wait().ends(code);
    assert!(ran.stdout.contains(ENDED), "{}", ran.stdout);
    assert!(ran.stderr.contains("vidpipe up --suffix staging"), "how to go on is not said: {}", ran.stderr);
    // What was in flight went on, and what landed in time is in the state.
    assert!(stopped.gate.calls().len() > sent);
    let state = stopped.world.state();
    let phases: Vec<_> = state["entries"].as_object().unwrap().values().map(|e| &e["phase"]).collect();
    assert!(phases.len() > 10 && phases.iter().any(|phase| *phase != "creating"), "{phases:?}");
    stopped.completes();
}

#[test]
fn an_interrupt_stops_in_good_order() {
    stops_in_good_order(Signal::INT, 130);
}

#[test]
fn a_termination_stops_in_good_order() {
    stops_in_good_order(Signal::TERM, 143);
}

#[test]
fn a_hang_up_stops_in_good_order() {
    stops_in_good_order(Signal::HUP, 129);
}

/// The gate stays shut: what is in flight cannot land, and nobody waits for it.
#[test]
fn a_second_interrupt_ends_it_at_once() {
    let (stopped, up) = Stopped::by(Signal::INT);
    up.signal(Signal::INT);
    let ran = up.wait().ends(130);
    assert!(!ran.stdout.contains(ENDED), "it waited for its calls: {}", ran.stdout);
    stopped.gate.open(Held::AreLost);
    stopped.completes();
}

/// What does not land in time is found by the next run.
#[test]
fn a_stop_does_not_wait_for_ever() {
    let (stopped, up) = Stopped::by(Signal::INT);
    let ran = up.wait().ends(130);
    assert!(ran.stdout.contains(ENDED), "{}", ran.stdout);
    stopped.gate.open(Held::AreLost);
    stopped.completes();
}
