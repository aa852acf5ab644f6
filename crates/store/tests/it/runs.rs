//! Complete runs of a small pipeline on an in-memory cloud, with the real store on a disk that fails at each of its
//! steps, in every way. The run reports the disk as the cause, nothing is sent before its intent is on disk, and the
//! next run on a working disk finishes: nothing is created twice and nothing is left.
//!
//! This is also the reason that outcomes have no second location for the case of a full disk: see
//! `docs/architecture.md`.
use crate::{
    cloud::Cloud,
    command::Kit,
    engine::{KINDS, Machine, NODES, SMALL, Sizes, machine, pipeline},
    faulty::{Faulty, How},
    meddled::Meddled,
    unsynced::Unsynced,
};
use std::{cell::Cell, io::ErrorKind, rc::Rc};
use tempfile::TempDir;
use vidpipe_engine::{Class, Graph, pace::Timings};
use vidpipe_store::{EnvDir, Folder, disk::Disk};

const THINGS: [&str; 4] = ["app", "disk", "gate", "net"];
/// The app is updated in place, the disk is replaced.
const CHANGED: Sizes = Sizes { app: 2, disk: 2, ..SMALL };
/// EIO has no `ErrorKind` of its own.
const EIO: ErrorKind = ErrorKind::Other;

/// The ways a disk fails: once, permanently, and with a partial write.
const WAYS: [How; 8] = [
    How::Rest(EIO),
    How::Rest(ErrorKind::StorageFull),
    How::Rest(ErrorKind::ReadOnlyFilesystem),
    How::Once(EIO),
    How::Once(ErrorKind::StorageFull),
    How::Once(ErrorKind::ReadOnlyFilesystem),
    How::Torn(0),
    How::Torn(700),
];

/// An environment on a disk, and its cloud.
struct Bench {
    dir: TempDir,
    machine: Machine,
    kit: Kit<Cloud>,
}

impl Bench {
    fn new() -> Self {
        let machine = machine();
        let fresh = machine.disk.borrow().clone();
        let kit = Kit::new(machine.cloud.clone(), KINDS, Timings::default(), fresh);
        Self { dir: tempfile::tempdir().unwrap(), machine, kit }
    }

    fn place(&self, disk: impl Disk + 'static) -> EnvDir {
        Folder::on(&self.dir.path().join("state"), Rc::new(disk)).environment("p", "1", "r", "s").unwrap()
    }

    async fn done(&self, want: Graph<Cloud>, at: &str) {
        self.kit.done(&self.place(Unsynced), want, at).await;
    }

    /// The number of disk steps a command takes.
    async fn steps(&self, want: Graph<Cloud>) -> u64 {
        let disk = Faulty::new(Unsynced, 0, How::Crash);
        self.kit.done(&self.place(disk.clone()), want, "undisturbed").await;
        disk.steps()
    }

    fn assert_whole(&self, at: &str) {
        assert_eq!(self.machine.cloud.alive(), THINGS, "{at}");
        let state = self.place(Unsynced).read().unwrap().unwrap();
        let ready = state.entries.values().filter(|e| e.phase.word() == "ready").count();
        assert_eq!((ready, state.entries.len()), (NODES.len(), NODES.len()), "{at}: {:?}", state.entries);
        assert!(!state.outputs.is_empty(), "{at}: no outputs");
    }

    fn assert_made_once(&self, at: &str) {
        let mut made = self.machine.cloud.made.borrow().clone();
        made.sort();
        assert_eq!(made, THINGS, "{at}: each thing is made once");
    }

    fn assert_nothing_left(&self, at: &str) {
        assert!(self.machine.cloud.alive().is_empty(), "{at}: left {:?}", self.machine.cloud.alive());
        assert!(self.place(Unsynced).read().unwrap().is_none(), "{at}: still recorded");
    }
}

/// The step that creates `.gitignore`. An existing file is not created again, so that step cannot be torn.
const GITIGNORE: u64 = 9;

/// The first run of an environment creates its directory; later runs find it.
#[derive(Clone, Copy, PartialEq)]
enum Nth {
    First,
    Later,
}

fn faults(nth: Nth, steps: u64) -> impl Iterator<Item = (u64, How, String)> {
    // `just torture` tests all ways at every step; by default, each step fails in two ways.
    let every = if std::env::var_os("VIDPIPE_TORTURE").is_some() { 1 } else { WAYS.len() as u64 / 2 };
    let chosen = move |at: u64| (0_u64..).zip(WAYS).filter(move |(i, _)| (i + at).is_multiple_of(every));
    let all = (1..=steps).flat_map(move |at| chosen(at).map(move |(_, how)| (at, how)));
    let fails = move |(at, how): &(u64, How)| !(nth == Nth::Later && *at == GITIGNORE && matches!(how, How::Torn(_)));
    all.filter(fails).map(move |(at, how)| (at, how, format!("{how:?} at step {at} of {steps}")))
}

#[tokio::test(start_paused = true)]
async fn up_on_a_disk_that_fails_at_every_step() {
    let steps = Bench::new().steps(pipeline(SMALL)).await;
    let mut runs = 0;
    for (step, how, at) in faults(Nth::First, steps) {
        let bench = Bench::new();
        bench.kit.broken(&bench.place(Faulty::new(Unsynced, step, how)), pipeline(SMALL), &at).await;
        bench.done(pipeline(SMALL), &at).await;
        bench.assert_whole(&at);
        bench.assert_made_once(&at);
        bench.done(Graph::default(), &at).await;
        bench.assert_nothing_left(&at);
        runs += 1;
    }
    println!("{runs} runs of up, each on a disk that failed at another of its {steps} steps or in another way");
}

#[tokio::test(start_paused = true)]
async fn up_on_a_disk_that_fails_is_given_up() {
    let steps = Bench::new().steps(pipeline(SMALL)).await;
    for (step, how, at) in faults(Nth::First, steps) {
        let bench = Bench::new();
        bench.kit.broken(&bench.place(Faulty::new(Unsynced, step, how)), pipeline(SMALL), &at).await;
        let made = bench.machine.cloud.made.borrow().len();
        // If the first run recorded nothing, no state exists: the binary reports that and makes no calls.
        if bench.place(Unsynced).read().unwrap().is_some() {
            bench.done(Graph::default(), &at).await;
        }
        assert_eq!(bench.machine.cloud.made.borrow().len(), made, "{at}: down made something");
        bench.assert_nothing_left(&at);
    }
}

#[tokio::test(start_paused = true)]
async fn down_on_a_disk_that_fails_at_every_step() {
    let bench = Bench::new();
    bench.done(pipeline(SMALL), "up").await;
    let steps = bench.steps(Graph::default()).await;
    for (step, how, at) in faults(Nth::Later, steps) {
        let bench = Bench::new();
        bench.done(pipeline(SMALL), &at).await;
        bench.kit.broken(&bench.place(Faulty::new(Unsynced, step, how)), Graph::default(), &at).await;
        bench.assert_made_once(&at);
        if bench.place(Unsynced).read().unwrap().is_some() {
            bench.done(Graph::default(), &at).await;
        }
        bench.assert_nothing_left(&at);
        bench.assert_made_once(&at);
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_on_a_disk_that_fails_at_every_step() {
    let bench = Bench::new();
    bench.done(pipeline(SMALL), "up").await;
    let steps = bench.steps(pipeline(CHANGED)).await;
    for (step, how, at) in faults(Nth::Later, steps) {
        let bench = Bench::new();
        bench.done(pipeline(SMALL), &at).await;
        bench.kit.broken(&bench.place(Faulty::new(Unsynced, step, how)), pipeline(CHANGED), &at).await;
        bench.done(pipeline(CHANGED), &at).await;
        bench.assert_whole(&at);
        let cloud = &bench.machine.cloud;
        let sizes = ["app", "disk"].map(|name| cloud.things.borrow()[name].size);
        assert_eq!(sizes, [2, 2], "{at}");
        let disks = cloud.made.borrow().iter().filter(|n| *n == "disk").count();
        assert_eq!((disks, cloud.made.borrow().len()), (2, THINGS.len() + 1), "{at}: only the disk is made anew");
        bench.done(Graph::default(), &at).await;
        bench.assert_nothing_left(&at);
    }
}

/// The lock file is replaced, as when a user removes it and starts a second run.
#[tokio::test(start_paused = true)]
async fn a_run_that_loses_its_environment_at_every_step() {
    let steps = Bench::new().steps(pipeline(SMALL)).await;
    let mut ended = 0;
    for step in 1..=steps {
        let bench = Bench::new();
        let (place, lost) = (bench.place(Unsynced), Rc::new(Cell::new(false)));
        let meddled = {
            let (here, lost) = (place.path().to_owned(), lost.clone());
            Meddled::new(step, move || {
                // Without a lock file, the environment cannot be lost.
                lost.set(here.join("state.json.lock").exists());
                if lost.get() {
                    std::fs::write(here.join("another"), b"").unwrap();
                    std::fs::rename(here.join("another"), here.join("state.json.lock")).unwrap();
                }
            })
        };
        let (at, ran) =
            (format!("at step {step} of {steps}"), bench.kit.command(&bench.place(meddled), pipeline(SMALL)).await);
        let complete = match &ran {
            Ok(summary) => summary.is_complete(),
            Err(e) => {
                assert_eq!(e.class, Class::Taken, "{at}: {e:?}");
                false
            }
        };
        assert_eq!(complete, !lost.get(), "{at}: {ran:?}");
        if let (Ok(_), true) = (&ran, lost.get()) {
            let failures = bench.kit.failures();
            let direct = failures.iter().filter(|f| f.starts_with("keep hold of")).count();
            let after = failures.iter().filter(|f| f.contains("what it depends on failed")).count();
            assert!(direct > 0 && direct + after == failures.len(), "{at}: {failures:?}");
        }
        ended += u64::from(lost.get());
        bench.done(pipeline(SMALL), &at).await;
        bench.assert_whole(&at);
        bench.assert_made_once(&at);
        bench.done(Graph::default(), &at).await;
        bench.assert_nothing_left(&at);
    }
    assert!(ended > steps / 2, "{ended} of {steps}");
}
