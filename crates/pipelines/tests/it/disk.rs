//! StreamTech in the sandbox, with the real store on a disk that fails at some step of `up` or of `down`: the same command
//! again on a sound disk finishes, nothing is made twice, and in the end nothing is left. The store's own tests do this
//! for every step, in every way, on a small pipeline; here it is the real one, and `just torture` takes every step.
use crate::{
    calls::Counts,
    command::Kit,
    unsynced::Unsynced,
    world::{SUFFIX, World},
};
use std::{io::ErrorKind, rc::Rc};
use tempfile::TempDir;
use vidpipe_aws::{Aws, KINDS};
use vidpipe_engine::Graph;
use vidpipe_sandbox::Clock;
use vidpipe_store::{
    Folder, Place,
    disk::{Disk, Faulty, How},
};

/// So many steps fail in each test, spread over the run.
const SAMPLE: u64 = 4;
/// How the steps fail in turn.
const WAYS: [How; 4] = [
    How::Rest(ErrorKind::StorageFull),
    How::Torn(2_000),
    How::Rest(ErrorKind::Other),
    How::Once(ErrorKind::StorageFull),
];

/// An environment on a disk, in an AWS of its own.
struct Bench {
    dir: TempDir,
    world: World,
    kit: Kit<Aws>,
}

impl Bench {
    async fn new() -> Self {
        let world = World::new(Clock::Instant, "").await;
        let fresh = world.disk.borrow().clone();
        let kit = Kit::new(world.aws.clone(), KINDS, world.timings.clone(), fresh);
        Self { dir: tempfile::tempdir().unwrap(), world, kit }
    }

    fn place(&self, disk: impl Disk + 'static) -> Place {
        let env = self.world.disk.borrow().env.clone();
        let folder = Folder::on(&self.dir.path().join("state"), Rc::new(disk));
        folder.environment(&env.pipeline, &env.account, &env.region, SUFFIX).unwrap()
    }

    async fn done(&self, want: Graph<Aws>, at: &str) {
        self.kit.done(&self.place(Unsynced), want, at).await;
        // What the world's own checks look at.
        if let Some(state) = self.place(Unsynced).read().unwrap() {
            *self.world.disk.borrow_mut() = state;
        } else {
            self.world.disk.borrow_mut().entries.clear();
        }
    }

    async fn broken(&self, want: Graph<Aws>, step: u64, how: How, at: &str) {
        self.kit.broken(&self.place(Faulty::new(Unsynced, step, how)), want, at).await;
    }

    /// How many steps of the disk that takes.
    async fn steps(&self, want: Graph<Aws>) -> u64 {
        let disk = Faulty::new(Unsynced, 0, How::Crash);
        self.kit.done(&self.place(disk.clone()), want, "undisturbed").await;
        disk.steps()
    }
}

/// The steps that fail in this test, how, and words for it.
fn faults(steps: u64) -> impl Iterator<Item = (u64, How, String)> {
    // Not the first ten: they make the folder, and the store's tests have them.
    let (first, torture) = (10, std::env::var_os("VIDPIPE_TORTURE").is_some());
    let every = if torture { 1 } else { (steps - first) / SAMPLE };
    let chosen = (first..=steps).rev().step_by(usize::try_from(every).unwrap());
    chosen.zip(WAYS.into_iter().cycle()).map(move |(at, how)| (at, how, format!("{how:?} at step {at} of {steps}")))
}

#[tokio::test(start_paused = true)]
async fn up_on_a_disk_that_fails() {
    let bench = Bench::new().await;
    let steps = bench.steps(bench.world.graph("")).await;
    let made: Counts = bench.world.calls.take_creates();
    let mut runs = 0;
    for (step, how, at) in faults(steps) {
        let bench = Bench::new().await;
        bench.broken(bench.world.graph(""), step, how, &at).await;
        bench.done(bench.world.graph(""), &at).await;
        bench.world.assert_whole(&bench.world.graph(""), &at);
        assert_eq!(bench.world.calls.take_creates(), made, "{at}: made once");
        bench.done(Graph::default(), &at).await;
        bench.world.assert_nothing_left(&at);
        runs += 1;
    }
    println!("{runs} runs of up on disks that failed, of {steps} steps");
}

#[tokio::test(start_paused = true)]
async fn up_on_a_disk_that_fails_is_given_up() {
    let bench = Bench::new().await;
    let steps = bench.steps(bench.world.graph("")).await;
    for (step, how, at) in faults(steps) {
        let bench = Bench::new().await;
        bench.broken(bench.world.graph(""), step, how, &at).await;
        bench.world.calls.take();
        if bench.place(Unsynced).read().unwrap().is_some() {
            bench.done(Graph::default(), &at).await;
        }
        bench.world.assert_nothing_left(&at);
        assert_eq!(bench.world.calls.take_creates(), Counts::new(), "{at}: down makes nothing");
    }
}

#[tokio::test(start_paused = true)]
async fn down_on_a_disk_that_fails() {
    let bench = Bench::new().await;
    bench.done(bench.world.graph(""), "up").await;
    let steps = bench.steps(Graph::default()).await;
    let mut runs = 0;
    for (step, how, at) in faults(steps) {
        bench.done(bench.world.graph(""), &at).await;
        bench.world.calls.take();
        bench.broken(Graph::default(), step, how, &at).await;
        if bench.place(Unsynced).read().unwrap().is_some() {
            bench.done(Graph::default(), &at).await;
        }
        bench.world.disk.borrow_mut().entries.clear();
        bench.world.assert_nothing_left(&at);
        assert_eq!(bench.world.calls.take_creates(), Counts::new(), "{at}: down makes nothing");
        runs += 1;
    }
    println!("{runs} runs of down on disks that failed, of {steps} steps");
}
