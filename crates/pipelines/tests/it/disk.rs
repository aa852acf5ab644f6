//! StreamTech in the sandbox, with the real store on a disk that fails at some step of `up` or of `down`: the same
//! command again on a working disk completes, nothing is created twice, and in the end nothing is left. The store's own
//! tests cover every step and every fault on a small pipeline; this one uses the real pipeline, and `just torture`
//! covers every step.
use crate::{
    calls::Counts,
    command::Kit,
    faulty::{Faulty, How},
    harness::{Harness, SUFFIX},
    unsynced::Unsynced,
};
use std::{io::ErrorKind, rc::Rc};
use tempfile::TempDir;
use vidpipe_aws::{Aws, KINDS};
use vidpipe_engine::Graph;
use vidpipe_sandbox::Clock;
use vidpipe_store::{EnvDir, Folder, disk::Disk};

/// Number of failing steps per test, spread over the run.
const SAMPLE: u64 = 4;
/// The faults, in rotation.
const WAYS: [How; 4] = [
    How::Rest(ErrorKind::StorageFull),
    How::Torn(2_000),
    How::Rest(ErrorKind::Other),
    How::Once(ErrorKind::StorageFull),
];

/// An environment on a disk, in its own AWS sandbox.
struct Bench {
    dir: TempDir,
    harness: Harness,
    kit: Kit<Aws>,
}

impl Bench {
    async fn new() -> Self {
        let harness = Harness::new(Clock::Instant, "").await;
        let fresh = harness.disk.borrow().clone();
        let kit = Kit::new(harness.aws.clone(), KINDS, harness.timings.clone(), fresh);
        Self { dir: tempfile::tempdir().unwrap(), harness, kit }
    }

    fn place(&self, disk: impl Disk + 'static) -> EnvDir {
        let env = self.harness.disk.borrow().env.clone();
        let folder = Folder::on(&self.dir.path().join("state"), Rc::new(disk));
        folder.environment(&env.pipeline, &env.account, &env.region, SUFFIX).unwrap()
    }

    async fn done(&self, want: Graph<Aws>, at: &str) {
        self.kit.done(&self.place(Unsynced), want, at).await;
        // Copies the state for the harness's own checks.
        if let Some(state) = self.place(Unsynced).read().unwrap() {
            *self.harness.disk.borrow_mut() = state;
        } else {
            self.harness.disk.borrow_mut().entries.clear();
        }
    }

    async fn broken(&self, want: Graph<Aws>, step: u64, how: How, at: &str) {
        self.kit.broken(&self.place(Faulty::new(Unsynced, step, how)), want, at).await;
    }

    /// Number of disk steps that the command takes.
    async fn steps(&self, want: Graph<Aws>) -> u64 {
        let disk = Faulty::new(Unsynced, 0, How::Crash);
        self.kit.done(&self.place(disk.clone()), want, "undisturbed").await;
        disk.steps()
    }
}

/// The failing steps of this test, each with its fault and description.
fn faults(steps: u64) -> impl Iterator<Item = (u64, How, String)> {
    // Skips the first ten steps: they create the folder, which the store's tests cover.
    let (first, torture) = (10, std::env::var_os("VIDPIPE_TORTURE").is_some());
    let every = if torture { 1 } else { (steps - first) / SAMPLE };
    let chosen = (first..=steps).rev().step_by(usize::try_from(every).unwrap());
    chosen.zip(WAYS.into_iter().cycle()).map(move |(at, how)| (at, how, format!("{how:?} at step {at} of {steps}")))
}

#[tokio::test(start_paused = true)]
async fn up_on_a_disk_that_fails() {
    let bench = Bench::new().await;
    let steps = bench.steps(bench.harness.graph("")).await;
    let made: Counts = bench.harness.calls.take_creates();
    let mut runs = 0;
    for (step, how, at) in faults(steps) {
        let bench = Bench::new().await;
        bench.broken(bench.harness.graph(""), step, how, &at).await;
        bench.done(bench.harness.graph(""), &at).await;
        bench.harness.assert_whole(&bench.harness.graph(""), &at);
        assert_eq!(bench.harness.calls.take_creates(), made, "{at}: made once");
        bench.done(Graph::default(), &at).await;
        bench.harness.assert_nothing_left(&at);
        runs += 1;
    }
    println!("{runs} runs of up on disks that failed, of {steps} steps");
}

#[tokio::test(start_paused = true)]
async fn up_on_a_disk_that_fails_is_given_up() {
    let bench = Bench::new().await;
    let steps = bench.steps(bench.harness.graph("")).await;
    for (step, how, at) in faults(steps) {
        let bench = Bench::new().await;
        bench.broken(bench.harness.graph(""), step, how, &at).await;
        bench.harness.calls.take();
        if bench.place(Unsynced).read().unwrap().is_some() {
            bench.done(Graph::default(), &at).await;
        }
        bench.harness.assert_nothing_left(&at);
        assert_eq!(bench.harness.calls.take_creates(), Counts::new(), "{at}: down makes nothing");
    }
}

#[tokio::test(start_paused = true)]
async fn down_on_a_disk_that_fails() {
    let bench = Bench::new().await;
    bench.done(bench.harness.graph(""), "up").await;
    let steps = bench.steps(Graph::default()).await;
    let mut runs = 0;
    for (step, how, at) in faults(steps) {
        bench.done(bench.harness.graph(""), &at).await;
        bench.harness.calls.take();
        bench.broken(Graph::default(), step, how, &at).await;
        if bench.place(Unsynced).read().unwrap().is_some() {
            bench.done(Graph::default(), &at).await;
        }
        bench.harness.disk.borrow_mut().entries.clear();
        bench.harness.assert_nothing_left(&at);
        assert_eq!(bench.harness.calls.take_creates(), Counts::new(), "{at}: down makes nothing");
        runs += 1;
    }
    println!("{runs} runs of down on disks that failed, of {steps} steps");
}
