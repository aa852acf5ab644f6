//! Two and three concurrent runs on one environment, by seeded schedules: different commands, moments and initial
//! states. One run acts at a time and the others report that it does; the serial of the state only grows; in the end
//! nothing is doubled and nothing is left, according to the sandbox's own inventory. A few schedules here; `just
//! torture` runs two hundred.
use crate::harness::{Harness, Running, SUFFIX, json_lines};
use serde_json::Value;
use std::{collections::BTreeMap, fs, path::Path, thread, time::Duration};
use vidpipe_sandbox::{Clock, Sandbox};

/// The number of tests below, which run in parallel.
const SHARDS: u64 = 4;

fn schedules() -> u64 {
    if std::env::var_os("VIDPIPE_TORTURE").is_some() { 200 } else { 12 }
}

/// The environment when the runs begin.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Before {
    Absent,
    Complete,
    /// `up` was killed after this many events.
    Op(usize),
}

/// Which commands start when, and on what.
#[derive(Debug)]
struct Schedule {
    #[allow(dead_code, reason = "it is shown: a schedule can be repeated by it")]
    seed: u64,
    before: Before,
    /// The commands, and the delay of each after the one before it, in milliseconds.
    runs: Vec<(&'static str, u64)>,
}

impl Schedule {
    fn new(seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let before = match rng.u8(..3) {
            0 => Before::Absent,
            1 => Before::Complete,
            _ => Before::Op(rng.usize(20..200)),
        };
        let count = rng.usize(2..=3);
        // At the same moment, while the first is running, or about when it ends.
        let spread = *rng.choice(&[1, 30, 400, 4_000, 9_000]).unwrap();
        let command = |rng: &mut fastrand::Rng| if rng.bool() { "up" } else { "down" };
        let runs = (0..count).map(|_| (command(&mut rng), rng.u64(..spread))).collect();
        Self { seed, before, runs }
    }

    /// After a kill, vidpipe polls for over a minute for a resource that only its tags identify: not in real time here.
    fn line(&self, command: &str) -> String {
        let clock = if matches!(self.before, Before::Op(_)) { "paused" } else { "instant" };
        format!("{command} --suffix {SUFFIX} --sandbox --sandbox-clock {clock} --yes")
    }
}

/// How often each outcome occurred.
#[derive(Debug, Default)]
struct Tally {
    schedules: usize,
    acted: usize,
    locked: usize,
    absent: usize,
}

/// The number of resources, by region, service and kind.
fn counts(harness: &Harness) -> BTreeMap<String, usize> {
    let file = harness.here().join(".vidpipe/sandbox/aws.json");
    let inventory = Sandbox::open(&file, Clock::Instant).unwrap().inventory().unwrap();
    let mut counts = BTreeMap::new();
    for (region, services) in inventory["regions"].as_object().unwrap() {
        for (service, kinds) in services.as_object().unwrap() {
            for (kind, things) in kinds.as_object().unwrap() {
                let number = things.as_object().map_or_else(|| things.as_array().map_or(1, Vec::len), |o| o.len());
                counts.insert(format!("{region} {service} {kind}"), number);
            }
        }
    }
    counts
}

/// Lineage and serial of the state, if a state exists now.
fn serial(harness: &Harness) -> Option<(String, u64)> {
    let text = fs::read_to_string(harness.sandbox_place().join("state.json")).ok()?;
    let of = |key: &str| {
        let line = text.lines().find(|l| l.starts_with(&format!("  \"{key}\": ")))?;
        Some(line.split_once(": ")?.1.trim_end_matches(',').trim_matches('"').to_owned())
    };
    Some((of("lineage").unwrap(), of("serial").unwrap().parse().unwrap()))
}

/// The runs that acted, in order: command, beginning, end. One run acts at a time, so the order is that of their last
/// lines on disk. Where waits are skipped, a run's own clock may stand still while the run is blocked.
fn acted(harness: &Harness) -> Vec<(String, String, String)> {
    let Ok(folder) = fs::read_dir(harness.sandbox_place().join("runs")) else { return Vec::new() };
    let mut runs: Vec<_> = folder
        .map(|f| {
            let path = f.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            // A killed run's last line may be cut.
            let lines = json_lines(text.rsplit_once('\n').unwrap().0);
            let word = |v: &Value| v.as_str().unwrap().to_owned();
            let run = (word(&lines[0]["command"]), word(&lines[0]["at"]), word(&lines.last().unwrap()["at"]));
            (fs::metadata(&path).unwrap().modified().unwrap(), run)
        })
        .collect();
    runs.sort_by_key(|(written, _)| *written);
    runs.into_iter().map(|(_, run)| run).collect()
}

/// Starts the runs as scheduled, waits for all of them, and watches the state meanwhile. Returns the exit codes, in
/// order of starting.
fn together(harness: &Harness, schedule: &Schedule) -> Vec<(&'static str, i32)> {
    let mut seen = serial(harness);
    let mut watch = || {
        let now = serial(harness);
        if let (Some((had, before)), Some((lineage, after))) = (&seen, &now) {
            assert!(had != lineage || before <= after, "{schedule:?}: the serial went from {before} to {after}");
        }
        seen = now.or(seen.take());
    };
    let mut running: Vec<(&'static str, Running)> = Vec::new();
    for (command, after) in &schedule.runs {
        thread::sleep(Duration::from_millis(*after));
        watch();
        running.push((command, harness.start(&schedule.line(command))));
    }
    while running.iter_mut().any(|(_, run)| run.goes_on()) {
        watch();
        thread::sleep(Duration::from_millis(20));
    }
    running.into_iter().map(|(command, run)| (command, run.wait().code())).collect()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// A complete environment, created once and copied.
struct Complete {
    harness: Harness,
    counts: BTreeMap<String, usize>,
    /// The resources that exist in an account without an environment.
    nothing: BTreeMap<String, usize>,
}

impl Complete {
    fn new() -> Self {
        let (harness, removed) = (Harness::in_memory(), Harness::in_memory());
        harness.run(&format!("up --suffix {SUFFIX} --sandbox --yes")).ends(0);
        copy(&harness.here(), &removed.here());
        removed.run(&format!("down --suffix {SUFFIX} --sandbox --yes")).ends(0);
        Self { counts: counts(&harness), nothing: counts(&removed), harness }
    }

    fn try_out(&self, schedule: &Schedule, tally: &mut Tally) {
        let harness = Harness::in_memory();
        match schedule.before {
            Before::Absent => {}
            Before::Complete => copy(&self.harness.here(), &harness.here()),
            Before::Op(events) => {
                let mut run = harness.start(&(schedule.line("up") + " -o jsonl"));
                run.read(events);
                run.killed();
            }
        }
        let before = acted(&harness).len();
        let ended = together(&harness, schedule);
        let runs = acted(&harness);

        let with = |code: i32| ended.iter().filter(|(_, c)| *c == code).count();
        let (done, locked, absent) = (with(0), with(5), with(7));
        assert_eq!(done + locked + absent, ended.len(), "{schedule:?}: {ended:?}");
        assert!(locked < ended.len(), "{schedule:?}: everybody was refused");
        assert!(ended.iter().all(|(command, code)| *code != 7 || *command == "down"), "{schedule:?}: {ended:?}");
        assert_eq!(
            runs.len() - before,
            done,
            "{schedule:?}: a run that acts leaves its history, another none: {ended:?}"
        );
        // Where waits are skipped, a run's clock is ahead of the others'.
        let comparable = !matches!(schedule.before, Before::Op(_));
        for pair in runs.windows(2).filter(|_| comparable) {
            assert!(pair[0].2 <= pair[1].1, "{schedule:?}: two acted at once: {pair:?}");
        }

        if done > 0 {
            let there = counts(&harness);
            match runs.last().unwrap().0.as_str() {
                "up" => assert_eq!(there, self.counts, "{schedule:?}: not what one run makes"),
                _ => assert_eq!(there, self.nothing, "{schedule:?}: something is left"),
            }
        }
        let last = harness.run(&schedule.line("down"));
        assert!([0, 7].contains(&last.code()), "{schedule:?}: {last:?}");
        if harness.here().join(".vidpipe/sandbox/aws.json").exists() {
            assert_eq!(counts(&harness), self.nothing, "{schedule:?}: something is left in the end");
        }
        assert_eq!(serial(&harness), None, "{schedule:?}");
        tally.schedules += 1;
        tally.acted += done;
        tally.locked += locked;
        tally.absent += absent;
    }
}

#[allow(clippy::print_stdout, reason = "a test shows its counts")]
fn shard(n: u64) {
    let complete = Complete::new();
    let mut tally = Tally::default();
    for seed in (0..schedules()).filter(|seed| seed % SHARDS == n) {
        complete.try_out(&Schedule::new(seed), &mut tally);
    }
    let Tally { schedules, acted, locked, absent } = tally;
    println!("{schedules} schedules: {acted} acted, {locked} refused with 5, {absent} found nothing (7)");
    assert!(acted >= schedules / 2 && locked > 0, "the schedules do not meet");
}

#[test]
fn schedules_0() {
    shard(0);
}

#[test]
fn schedules_1() {
    shard(1);
}

#[test]
fn schedules_2() {
    shard(2);
}

#[test]
fn schedules_3() {
    shard(3);
}
