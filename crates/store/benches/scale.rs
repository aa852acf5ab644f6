//! Measures the engine and the store by themselves, for a thousand and for ten thousand nodes: an in-memory cloud that
//! responds immediately, the real state folder, the real history, the real clock. `cargo bench -p vidpipe-store --bench
//! scale`.
//!
//! Each size runs in a separate process, because peak memory is measured per process. The figures depend on this
//! machine.
#![allow(clippy::print_stdout, reason = "the table is for whoever started it")]

#[path = "scale/world.rs"]
mod world;

use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};
use std::{
    cell::Cell,
    error::Error,
    fs, io,
    path::Path,
    process::{Command, Stdio},
    rc::Rc,
    time::{Duration, Instant},
};
use vidpipe_engine::{
    Clock, Consent, Graph, Ledger, Limits, Outlook, Plan, State, Stop, Summary, event::Report, pace::Timings,
};
use vidpipe_run::{Held, Provider, Run};
use vidpipe_store::{
    EnvDir, Folder,
    disk::{Disk, Local},
};
use world::{Cloud, KINDS, LAYERS};

/// The sizes, in nodes.
const SIZES: [usize; 2] = [1_000, 10_000];

/// A single plan is too quick to measure, so it is repeated this many times.
const PLANS: u32 = 10;

/// The measurements of one size. Times are in seconds.
#[derive(Default, Serialize, Deserialize)]
struct Measured {
    /// All [`PLANS`] plans of the `up`, together.
    plan: Cost,
    up: Cost,
    down: Cost,
    /// An `up` in which all creates of the first layer are refused.
    refused: Cost,
    /// All simulated runs of the `up`.
    forecast: Cost,
    /// Peak resident memory of planning, `up` and `down`, in KiB.
    peak: Option<u64>,
    /// The number of state writes in `up` and `down`, and their total bytes.
    writes: u64,
    bytes: u64,
    /// The size of the state file after `up`, in bytes.
    file: u64,
}

/// Wall-clock time and CPU time, in seconds.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
struct Cost {
    wall: f64,
    cpu: f64,
}

fn of<T>(cost: &mut Cost, work: impl FnOnce() -> T) -> T {
    let (began, cpu) = (Instant::now(), cpu());
    let done = work();
    *cost = Cost { wall: began.elapsed().as_secs_f64(), cpu: (self::cpu() - cpu).as_secs_f64() };
    done
}

/// The CPU time of this process so far.
fn cpu() -> Duration {
    clock_gettime(ClockId::ProcessCPUTime).try_into().unwrap_or_default()
}

/// The peak resident memory of this process so far, in KiB, if the kernel reports it.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?.trim().strip_suffix(" kB")?.parse().ok()
}

/// The local disk, counting the writes of the state.
#[derive(Clone, Default)]
struct Counting(Rc<(Cell<u64>, Cell<u64>)>);

impl Disk for Counting {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        Local.read(path)
    }
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        Local.make_folder(path)
    }
    fn create(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        if path.ends_with("state.json.tmp") {
            let (writes, written) = &*self.0;
            writes.set(writes.get() + 1);
            written.set(written.get() + bytes.len() as u64);
        }
        Local.create(path, bytes)
    }
    fn sync_file(&self, path: &Path) -> io::Result<()> {
        Local.sync_file(path)
    }
    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        Local.sync_folder(path)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        Local.rename(from, to)
    }
    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        Local.link(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        Local.remove(path)
    }
}

type Done<T> = Result<T, Box<dyn Error>>;

/// An environment and its cloud.
struct World {
    place: EnvDir,
    cloud: Rc<Cloud>,
    clock: Clock,
}

impl World {
    fn new(folder: &Path, disk: impl Disk + 'static) -> Done<Self> {
        let place = Folder::on(folder, Rc::new(disk)).environment("scale", "111122223333", "us-east-1", "bench")?;
        Ok(Self { place, cloud: Rc::default(), clock: Clock::start() })
    }

    /// The state, or a new one if nothing is recorded.
    fn state(&self, recorded: Option<State>) -> State {
        let lineage = "0f0e0d0c0b0a09080706050403020100";
        recorded.unwrap_or_else(|| State::new(self.place.environment(lineage), "bench", self.clock.now()))
    }

    fn provider(&self, timings: Timings) -> Provider<Cloud> {
        Provider { cloud: self.cloud.clone(), kinds: KINDS, timings }
    }

    fn plan(&self, want: &Graph<Cloud>, timings: Timings) -> Done<Plan<Cloud>> {
        Ok(self.provider(timings).plan(want, &self.state(self.place.read()?))?)
    }

    /// One command, as the binary runs it: lock, read, plan, run.
    async fn command(&self, command: &str, want: &Graph<Cloud>) -> Done<Summary> {
        let held = Held::take(&self.place, command, self.clock.now())?;
        let (have, provider) = (self.state(held.state), self.provider(world::at_once()));
        let plan = provider.plan(want, &have)?;
        let history: Vec<Box<dyn Report>> = vec![Box::new(self.place.record(command, self.clock.now()))];
        let ledger = Ledger::new(have, Box::new(held.lock.store()), history, self.clock);
        let limits = Limits { consent: Consent::Everything, ..Limits::default() };
        let run = Run::new(&provider, ledger, limits, Stop::default());
        run.begin(command);
        Ok(run.apply(&plan).await?)
    }

    async fn whole(&self, command: &str, want: &Graph<Cloud>) -> Done<()> {
        let summary = self.command(command, want).await?;
        if summary.is_complete() { Ok(()) } else { Err(format!("{command} ended with {summary:?}").into()) }
    }
}

/// Measures one size.
fn measure(nodes: usize) -> Done<Measured> {
    let (dir, disk, mut m) = (tempfile::tempdir()?, Counting::default(), Measured::default());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let world = World::new(&dir.path().join("whole"), disk.clone())?;
    let (want, nothing) = (world::graph(nodes), Graph::default());
    of(&mut m.up, || runtime.block_on(world.whole("up", &want)))?;
    m.file = fs::metadata(world.place.state_file())?.len();
    assert_eq!(world.cloud.len(), nodes);
    of(&mut m.down, || runtime.block_on(world.whole("down", &nothing)))?;
    assert_eq!(world.cloud.len(), 0);
    (m.writes, m.bytes, m.peak) = (disk.0.0.get(), disk.0.1.get(), peak());
    let other = World::new(&dir.path().join("refused"), Local)?;
    of(&mut m.plan, || (0..PLANS).try_for_each(|_| other.plan(&want, world::at_once()).map(drop)))?;
    other.cloud.refuse.borrow_mut().extend((0..nodes / LAYERS).map(world::name));
    let summary = of(&mut m.refused, || runtime.block_on(other.command("up", &want)))?;
    assert_eq!((summary.failed, summary.done), (nodes / LAYERS, 0));
    let up = world.plan(&want, world::as_usual())?;
    let outlook = Outlook::of(&up, &world.state(world.place.read()?), &Limits::default(), world.clock);
    of(&mut m.forecast, || outlook.forecast())?;
    Ok(m)
}

/// Measures one size in a separate process.
fn apart(nodes: usize) -> Done<Measured> {
    let child = Command::new(std::env::current_exe()?).arg(nodes.to_string()).stderr(Stdio::inherit()).output()?;
    if !child.status.success() {
        return Err(format!("measuring {nodes} nodes ended with {}", child.status).into());
    }
    Ok(serde_json::from_slice(&child.stdout)?)
}

/// A line of the table: the values for both sizes, their ratio, and the promised limit. `benches/figures.py` parses it:
/// columns are separated by at least two spaces.
fn line(what: &str, values: [f64; 2], unit: &str, promised: &str) {
    let [small, large] = values.map(|v| match unit {
        "" => format!("{v:.0}"),
        _ if v < 1.0 => format!("{v:.3} {unit}"),
        _ => format!("{v:.1} {unit}"),
    });
    println!("{what:<40} {small:>12} {large:>12} {:>7.1}   {promised}", values[1] / values[0]);
}

fn main() -> Done<()> {
    // Cargo passes `--bench`; only a number selects a size.
    if let Some(nodes) = std::env::args().find_map(|argument| argument.parse().ok()) {
        println!("{}", serde_json::to_string(&measure(nodes)?)?);
        return Ok(());
    }
    let all = [apart(SIZES[0])?, apart(SIZES[1])?];
    let each = |of: &dyn Fn(&Measured) -> f64| [of(&all[0]), of(&all[1])];
    println!("{:<40} {:>12} {:>12} {:>7}   promised", "engine and store, nodes", SIZES[0], SIZES[1], "ratio");
    line("plan", each(&|m| m.plan.wall / f64::from(PLANS)), "s", "");
    line("up", each(&|m| m.up.wall), "s", "");
    line("down", each(&|m| m.down.wall), "s", "");
    line("up and down", each(&|m| m.up.wall + m.down.wall), "s", "at most 20 s, 12 times as long");
    line("up and down, CPU time", each(&|m| m.up.cpu + m.down.cpu), "s", "at most 12 times as much");
    line("up, its first layer refused, CPU time", each(&|m| m.refused.cpu), "s", "");
    line("forecast, CPU time", each(&|m| m.forecast.cpu), "s", "");
    #[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
    {
        line("peak memory", each(&|m| m.peak.unwrap_or_default() as f64 / 1024.0), "MB", "at most 500 MB");
        line("state writes of up and down", each(&|m| m.writes as f64), "", "not more of them");
        line("bytes written by them", each(&|m| m.bytes as f64 / 1e6), "MB", "");
        line("state file", each(&|m| m.file as f64 / 1e6), "MB", "");
    }
    Ok(())
}
