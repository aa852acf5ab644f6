//! Ctrl-C, SIGTERM and SIGHUP: the first signal shuts down in order, the second ends the process at once; in both cases
//! the next run completes.
use crate::{
    gate::{Gate, Held, Lost},
    harness::{Harness, Running},
    moto::Moto,
};
use rustix::process::Signal;

/// The event of a run that shut down in order.
const ENDED: &str = r#""event":"ended""#;

struct Stopped {
    moto: Moto,
    gate: Gate,
    harness: Harness,
}

impl Stopped {
    /// An `up` in the middle, that has received the signal and has reported that it stops.
    fn by(signal: Signal) -> (Self, Running) {
        let moto = Moto::start();
        let gate = Gate::before(moto.endpoint());
        let harness = Harness::at(&gate.endpoint());
        gate.shut_at(30, Lost::Call);
        let mut up = harness.start("up --suffix staging --yes -o jsonl");
        gate.wait_shut();
        up.signal(signal);
        up.read_until("stopping");
        (Self { moto, gate, harness }, up)
    }

    /// Runs the same command again; then nothing exists twice, and `down` leaves nothing.
    fn completes(self) {
        let Self { moto, harness, .. } = self;
        harness.run("up --suffix staging --yes").ends(0);
        assert_eq!(moto.live().twice(), [""; 0]);
        let nodes = harness.run("status --suffix staging -o json").ends(0).json()["nodes"].take();
        assert!(nodes.as_array().unwrap().iter().all(|n| n["phase"] == "ready"), "{nodes:#}");
        harness.run("down --suffix staging --yes").ends(0);
        assert!(!harness.place().join("state.json").exists());
    }
}

fn stops_in_good_order(signal: Signal, code: i32) {
    let (stopped, up) = Stopped::by(signal);
    let sent = stopped.gate.calls().len();
    stopped.gate.open(Held::GoOn);
    let ran = up.wait().ends(code);
    assert!(ran.stdout.contains(ENDED), "{}", ran.stdout);
    assert!(ran.stderr.contains("vidpipe up --suffix staging"), "how to go on is not said: {}", ran.stderr);
    // The calls in flight continued, and those that ended in time are in the state.
    assert!(stopped.gate.calls().len() > sent);
    let state = stopped.harness.state();
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

/// The gate stays shut: the calls in flight cannot end, and the process does not wait for them.
#[test]
fn a_second_interrupt_ends_it_at_once() {
    let (stopped, up) = Stopped::by(Signal::INT);
    up.signal(Signal::INT);
    let ran = up.wait().ends(130);
    assert!(!ran.stdout.contains(ENDED), "it waited for its calls: {}", ran.stdout);
    stopped.gate.open(Held::AreLost);
    stopped.completes();
}

/// The next run finds the calls that did not end in time.
#[test]
fn a_stop_does_not_wait_for_ever() {
    let (stopped, up) = Stopped::by(Signal::INT);
    let ran = up.wait().ends(130);
    assert!(ran.stdout.contains(ENDED), "{}", ran.stdout);
    stopped.gate.open(Held::AreLost);
    stopped.completes();
}
