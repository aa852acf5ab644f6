//! A request to stop interrupts every read, whatever it waits for: a service that accepts every call and answers none
//! delays no command beyond a deadline or a signal, and nothing is changed by that.
use crate::{
    gate::{Gate, Held, Lost},
    harness::Harness,
    moto::Moto,
};
use rustix::process::Signal;
use serde_json::Value;
use std::{
    fs, thread,
    time::{Duration, Instant},
};

const UP: &str = "up --suffix staging --yes";
const DOWN: &str = "down --suffix staging --yes";

struct Built {
    moto: Moto,
    gate: Gate,
    harness: Harness,
}

impl Built {
    fn nothing() -> Self {
        let moto = Moto::start();
        let gate = Gate::before(moto.endpoint());
        let harness = Harness::at(&gate.endpoint());
        Self { moto, gate, harness }
    }

    fn all() -> Self {
        let built = Self::nothing();
        built.harness.run(UP).ends(0);
        built
    }

    fn state(&self) -> Vec<u8> {
        fs::read(self.harness.place().join("state.json")).unwrap()
    }

    /// The phase of each node.
    fn phases(&self) -> Vec<(String, Value)> {
        let state = self.harness.state();
        let entries = state["entries"].as_object().unwrap().iter();
        entries.map(|(name, entry)| (name.clone(), entry["phase"].clone())).collect()
    }

    /// Signals the command once the service has fallen silent.
    fn is_stopped_while_it_reads(&self, command: &str, calls: usize, signal: Signal, code: i32) {
        self.gate.fall_silent_after(calls);
        let run = self.harness.start(command);
        self.gate.wait_silent();
        run.signal(signal);
        let ran = run.wait().ends(code);
        assert!(ran.stderr.contains("stopped: nothing was changed"), "{command}: {}", ran.stderr);
        self.gate.speak();
    }
}

#[test]
fn what_reads_before_anything_is_made_is_stopped() {
    let built = Built::nothing();
    for (calls, signal, code) in [(0, Signal::INT, 130), (1, Signal::TERM, 143), (3, Signal::HUP, 129)] {
        built.is_stopped_while_it_reads(UP, calls, signal, code);
    }
    assert!(!built.harness.place().join("state.json").exists());
}

#[test]
fn what_reads_of_what_is_there_is_stopped() {
    let built = Built::all();
    let before = built.state();
    for command in ["plan --suffix staging --refresh", "verify --suffix staging", "up --suffix staging --yes --refresh"]
    {
        for calls in [0, 12] {
            built.is_stopped_while_it_reads(command, calls, Signal::TERM, 143);
        }
    }
    built.is_stopped_while_it_reads(DOWN, 0, Signal::INT, 130);
    assert_eq!(built.state(), before);
}

/// Waiting for the timeouts alone would take minutes.
#[test]
fn a_service_that_never_answers_does_not_outlast_a_deadline() {
    let built = Built::all();
    for calls in [0, 1, 40] {
        built.gate.fall_silent_after(calls);
        let began = Instant::now();
        built.harness.run("down --suffix staging --yes --deadline 12s").ends(3);
        assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
        built.gate.speak();
    }
    built.harness.run(DOWN).ends(0);
    assert!(!built.harness.place().join("state.json").exists());
}

#[test]
fn a_sweep_that_is_never_answered_does_not_outlast_a_deadline_or_a_signal() {
    let built = Built::all();
    for (deadline, signal, code) in [("45s", None, 3), ("10m", Some(Signal::INT), 130)] {
        let mut down = built.harness.start(&format!("{DOWN} -o jsonl --deadline {deadline}"));
        down.read_until("sweeping");
        built.gate.fall_silent_after(0);
        if let Some(signal) = signal {
            down.signal(signal);
        }
        let ran = down.wait().ends(code);
        let why = if code == 3 { "stopped for the deadline after" } else { "stopped after" };
        assert!(ran.stderr.contains(why), "{}", ran.stderr);
        assert!(ran.stderr.contains("down --suffix staging"), "how to go on is not said: {}", ran.stderr);
        built.gate.speak();
    }
    // The deleted resources are not deleted again; only the sweep is left.
    assert!(built.harness.place().join("state.json").exists());
    built.harness.run(DOWN).ends(0);
    assert!(!built.harness.place().join("state.json").exists());
}

/// Stops every run at its tenth call, until a run has fewer. After a run without progress, because all its calls were
/// refused until something else is deleted, the next run may make more calls. Returns the number of stopped runs.
fn stopped_at_every_tenth_call(built: &Built, command: &str) -> usize {
    let (mut phases, mut at) = (Vec::new(), 10);
    for stopped in 0..40 {
        built.gate.forget();
        built.gate.shut_at(at, Lost::Call);
        let mut run = built.harness.start(&format!("{command} -o jsonl"));
        while run.goes_on() && !built.gate.is_shut() {
            thread::sleep(Duration::from_millis(10));
        }
        if !built.gate.is_shut() {
            // There were no more ten, and what comes after this run is not stopped.
            built.gate.open(Held::GoOn);
            run.wait().ends(0);
            return stopped;
        }
        run.signal(Signal::INT);
        run.read_until("stopping");
        built.gate.open(Held::GoOn);
        run.wait().ends(130);
        built.harness.run("status --suffix staging").ends(0);
        let now = built.phases();
        at = if now == phases { at + 10 } else { 10 };
        phases = now;
    }
    panic!("{command} never comes to its end: {:?}\n{:#}", built.gate.changes(), Value::from_iter(phases));
}

#[test]
fn up_with_a_signal_at_every_tenth_call() {
    let built = Built::nothing();
    let before = built.moto.live();
    assert!(stopped_at_every_tenth_call(&built, UP) > 5);
    assert_eq!(built.moto.live().twice(), [""; 0]);
    built.harness.run(DOWN).ends(0);
    assert_eq!(built.moto.live().differing(&before), [""; 0], "something is left");
}

#[test]
fn down_with_a_signal_at_every_tenth_call() {
    let built = Built::nothing();
    let before = built.moto.live();
    built.harness.run(UP).ends(0);
    assert!(stopped_at_every_tenth_call(&built, DOWN) > 4);
    assert_eq!(built.moto.live().differing(&before), [""; 0], "something is left");
}
