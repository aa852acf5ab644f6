//! The cost of a run grows at most linearly with its nodes: counted, not timed. The benchmark measures the time.
use crate::{
    command::Kit,
    large::{self, BUILT, Cloud, KINDS, LAYERS},
    unsynced::Unsynced,
};
use futures::FutureExt;
use jiff::Timestamp;
use std::{cell::RefCell, io, path::Path, rc::Rc, time::Duration};
use tempfile::TempDir;
use tokio::time::Instant;
use vidpipe_engine::{Graph, State};
use vidpipe_store::{EnvDir, Folder, disk::Disk};

/// The minimum time between two writes.
const BETWEEN: Duration = Duration::from_millis(5);

/// A disk on the paused clock that writes states at that many bytes per second, and records the time of each write.
#[derive(Clone)]
struct Slow {
    bytes_per_s: f64,
    full: bool,
    writes: Rc<RefCell<Vec<(Instant, Instant)>>>,
}

impl Slow {
    fn new(bytes_per_s: f64) -> Self {
        Self { bytes_per_s, full: false, writes: Rc::default() }
    }

    /// The number of writes of the last command and their total duration. Asserts that each write waited four times the
    /// duration of the previous write.
    fn writes(&self) -> (usize, Duration) {
        let writes = self.writes.take();
        for pair in writes.windows(2) {
            let [(began, ended), (next, _)] = pair else { continue };
            let (rest, rested) = (BETWEEN.max((*ended - *began) * 4), *next - *ended);
            assert!(rested >= rest, "the next write began after {rested:?} and not {rest:?}");
        }
        (writes.len(), writes.iter().map(|(began, ended)| *ended - *began).sum())
    }
}

impl Disk for Slow {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        Unsynced.read(path)
    }
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        Unsynced.make_folder(path)
    }
    fn create(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        if path.ends_with("state.json.tmp") {
            let began = Instant::now();
            let takes = Duration::from_secs_f64(bytes.len() as f64 / self.bytes_per_s);
            // The clock advances at the first poll.
            tokio::time::advance(takes).now_or_never();
            self.writes.borrow_mut().push((began, Instant::now()));
            if self.full {
                return Err(io::ErrorKind::StorageFull.into());
            }
        }
        Unsynced.create(path, bytes)
    }
    fn sync_file(&self, path: &Path) -> io::Result<()> {
        Unsynced.sync_file(path)
    }
    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        Unsynced.sync_folder(path)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        Unsynced.rename(from, to)
    }
    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        Unsynced.link(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        Unsynced.remove(path)
    }
}

struct Bench {
    _dir: TempDir,
    disk: Slow,
    place: EnvDir,
    cloud: Rc<Cloud>,
    kit: Kit<Cloud>,
}

impl Bench {
    fn on(disk: Slow) -> Self {
        let (dir, cloud) = (tempfile::tempdir().unwrap(), Rc::<Cloud>::default());
        let folder = Folder::on(&dir.path().join("state"), Rc::new(disk.clone()));
        let place = folder.environment("p", "1", "r", "s").unwrap();
        let fresh = State::new(place.environment("ours"), "test", Timestamp::UNIX_EPOCH);
        let kit = Kit::new(cloud.clone(), KINDS, large::at_once(), fresh);
        Self { _dir: dir, disk, place, cloud, kit }
    }

    async fn up(&self, nodes: usize) {
        self.kit.done(&self.place, large::graph(nodes), "up").await;
        assert_eq!(self.cloud.len(), nodes);
    }

    async fn down(&self) {
        self.kit.done(&self.place, Graph::default(), "down").await;
        assert_eq!(self.cloud.len(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn ten_times_the_nodes_are_no_more_writes() {
    let mut writes = Vec::new();
    for nodes in [200, 2_000] {
        let bench = Bench::on(Slow::new(10e6));
        bench.up(nodes).await;
        let (up, _) = bench.disk.writes();
        bench.down().await;
        writes.push([up, bench.disk.writes().0]);
    }
    // Per layer: intents, ids and outputs, plus one write of the pipeline's outputs; for `down`, per layer: intents and
    // deletions.
    assert_eq!(writes, [[3 * LAYERS + 1, 2 * LAYERS]; 2]);
}

#[tokio::test(start_paused = true)]
async fn writes_take_a_fifth_of_the_time_however_many_transitions_there_are() {
    // At the end, the state is written at 3 MB per second.
    let bench = Bench::on(Slow::new(3e6));
    bench.cloud.moment.set(Duration::from_secs(2));
    let (nodes, began) = (2_000, Instant::now());
    bench.up(nodes).await;
    let (took, (writes, writing)) = (began.elapsed(), bench.disk.writes());
    // The last write is not followed by a pause.
    assert!(writing <= took / 5 + Duration::from_secs(1), "{writing:?} of {took:?}");
    assert!(writes < nodes / 10, "{writes} writes, of three transitions for each of {nodes} nodes");
    println!("{writes} writes took {writing:?} of {took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_full_disk_is_not_asked_by_each_node() {
    let bench = Bench::on(Slow { full: true, ..Slow::new(3e6) });
    bench.kit.broken(&bench.place, large::graph(2_000), "full").await;
    assert_eq!(bench.kit.failures().len(), 2_000 / LAYERS, "the first layer, and all else depends on it");
    assert_eq!(bench.disk.writes().0, 1, "they share the write that failed");
}

#[tokio::test(start_paused = true)]
async fn each_node_is_looked_at_as_often_in_a_large_graph_as_in_a_small_one() {
    for nodes in [200, 2_000] {
        let bench = Bench::on(Slow::new(1e9));
        let mut specs = Vec::new();
        for _ in 0..2 {
            BUILT.set(0);
            bench.up(nodes).await;
            specs.push(BUILT.get());
        }
        // First run: built once for the plan's output and once to create. Second run: once to compare and once for the
        // plan's output.
        assert_eq!(specs, [2 * nodes as u64; 2], "of {nodes} nodes");
    }
}
