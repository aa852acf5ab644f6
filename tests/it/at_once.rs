//! Two and three runs at once on one environment, by seeded schedules: other commands, other moments, other beginnings.
//! One acts at a time and the others are told so; the serial of the state only grows; in the end nothing is doubled and
//! nothing is left, as the sandbox's own inventory has it. A few schedules here; `just torture` runs two hundred.
use crate::world::{Running, SUFFIX, World, json_lines};
use serde_json::Value;
use std::{collections::BTreeMap, fs, path::Path, thread, time::Duration};
use vidpipe_sandbox::{Clock, Sandbox};

/// The tests below, so that they run side by side.
const SHARDS: u64 = 4;

fn schedules() -> u64 {
    if std::env::var_os("VIDPIPE_TORTURE").is_some() { 200 } else { 12 }
}

/// What is there when they begin.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Before {
    Absent,
    Complete,
    /// `up` was killed after so many events.
    Half(usize),
}

/// Who begins when, on what.
#[derive(Debug)]
struct Schedule {
    #[allow(dead_code, reason = "it is shown: a schedule can be repeated by it")]
    seed: u64,
    before: Before,
    /// The command, and how long after the one before it, in milliseconds.
    runs: Vec<(&'static str, u64)>,
}

impl Schedule {
    fn new(seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let before = match rng.u8(..3) {
            0 => Before::Absent,
            1 => Before::Complete,
            _ => Before::Half(rng.usize(20..200)),
        };
        let count = rng.usize(2..=3);
        // At the same moment, while the first is at work, or about when it ends.
        let spread = *rng.choice(&[1, 30, 400, 4_000, 9_000]).unwrap();
        let command = |rng: &mut fastrand::Rng| if rng.bool() { "up" } else { "down" };
        let runs = (0..count).map(|_| (command(&mut rng), rng.u64(..spread))).collect();
        Self { seed, before, runs }
    }

    /// A kind that has only our tags to be found by is looked for over a minute after a kill: not in real time here.
    fn line(&self, command: &str) -> String {
        let clock = if matches!(self.before, Before::Half(_)) { "paused" } else { "instant" };
        format!("{command} --suffix {SUFFIX} --sandbox --sandbox-clock {clock} --yes")
    }
}

/// How often what happened.
#[derive(Debug, Default)]
struct Tally {
    schedules: usize,
    acted: usize,
    locked: usize,
    absent: usize,
}

/// What exists, by region, service and kind.
fn counts(world: &World) -> BTreeMap<String, usize> {
    let file = world.here().join(".vidpipe/sandbox/aws.json");
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

/// Lineage and serial of the state, if there is one now.
fn serial(world: &World) -> Option<(String, u64)> {
    let text = fs::read_to_string(world.sandbox_place().join("state.json")).ok()?;
    let of = |key: &str| {
        let line = text.lines().find(|l| l.starts_with(&format!("  \"{key}\": ")))?;
        Some(line.split_once(": ")?.1.trim_end_matches(',').trim_matches('"').to_owned())
    };
    Some((of("lineage").unwrap(), of("serial").unwrap().parse().unwrap()))
}

/// The runs that acted, in the order they did: command, beginning, end. One acts at a time, so the order is that of their
/// last lines on the disk; where waits are skipped, a run's own clock may stand still while it waits for its turn.
fn acted(world: &World) -> Vec<(String, String, String)> {
    let Ok(folder) = fs::read_dir(world.sandbox_place().join("runs")) else { return Vec::new() };
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

/// Begin as the schedule says; wait for all; and watch the state meanwhile. The exit codes, in order of beginning.
fn together(world: &World, schedule: &Schedule) -> Vec<(&'static str, i32)> {
    let mut seen = serial(world);
    let mut watch = || {
        let now = serial(world);
        if let (Some((had, before)), Some((lineage, after))) = (&seen, &now) {
            assert!(had != lineage || before <= after, "{schedule:?}: the serial went from {before} to {after}");
        }
        seen = now.or(seen.take());
    };
    let mut running: Vec<(&'static str, Running)> = Vec::new();
    for (command, after) in &schedule.runs {
        thread::sleep(Duration::from_millis(*after));
        watch();
        running.push((command, world.start(&schedule.line(command))));
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

/// A complete environment, made once and copied.
struct Complete {
    world: World,
    counts: BTreeMap<String, usize>,
    /// What an account has anyway.
    nothing: BTreeMap<String, usize>,
}

impl Complete {
    fn new() -> Self {
        let (world, removed) = (World::in_memory(), World::in_memory());
        world.run(&format!("up --suffix {SUFFIX} --sandbox --yes")).ends(0);
        copy(&world.here(), &removed.here());
        removed.run(&format!("down --suffix {SUFFIX} --sandbox --yes")).ends(0);
        Self { counts: counts(&world), nothing: counts(&removed), world }
    }

    fn try_out(&self, schedule: &Schedule, tally: &mut Tally) {
        let world = World::in_memory();
        match schedule.before {
            Before::Absent => {}
            Before::Complete => copy(&self.world.here(), &world.here()),
            Before::Half(events) => {
                let mut run = world.start(&(schedule.line("up") + " -o jsonl"));
                run.read(events);
                run.killed();
            }
        }
        let before = acted(&world).len();
        let ended = together(&world, schedule);
        let runs = acted(&world);

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
        let comparable = !matches!(schedule.before, Before::Half(_));
        for pair in runs.windows(2).filter(|_| comparable) {
            assert!(pair[0].2 <= pair[1].1, "{schedule:?}: two acted at once: {pair:?}");
        }

        if done > 0 {
            let there = counts(&world);
            match runs.last().unwrap().0.as_str() {
                "up" => assert_eq!(there, self.counts, "{schedule:?}: not what one run makes"),
                _ => assert_eq!(there, self.nothing, "{schedule:?}: something is left"),
            }
        }
        let last = world.run(&schedule.line("down"));
        assert!([0, 7].contains(&last.code()), "{schedule:?}: {last:?}");
        if world.here().join(".vidpipe/sandbox/aws.json").exists() {
            assert_eq!(counts(&world), self.nothing, "{schedule:?}: something is left in the end");
        }
        assert_eq!(serial(&world), None, "{schedule:?}");
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
