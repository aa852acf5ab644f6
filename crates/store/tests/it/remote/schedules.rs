//! Seeded schedules of several runs on one state: killed, paused for minutes, with clocks that jump, and with an object
//! store that loses answers, delays them, and says 409 and 503. At most one of them starts calls at any moment; whatever
//! happened, the next run puts everything in order: nothing is orphaned or made twice.
use super::world::{Standstill, What, World};
use fastrand::Rng;
use futures::future::join_all;
use std::{
    env,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    task::LocalSet,
    time::{Instant, sleep, timeout},
};
use vidpipe_store::remote::memory::{Failure, Request, Trouble};

/// What happens to a run.
#[derive(Debug)]
struct Fate {
    what: What,
    begins: Duration,
    killed: Option<Duration>,
    paused: Option<(Duration, Duration)>,
    /// The clock jumps by so much after a while.
    jump: Option<(Duration, Duration)>,
    /// The share of requests that go wrong, in a thousand.
    troubles: u64,
}

fn seconds(rng: &mut Rng, range: std::ops::Range<u64>) -> Duration {
    Duration::from_millis(rng.u64(range.start * 1000..range.end * 1000))
}

fn fate(rng: &mut Rng) -> Fate {
    let what = if rng.u8(0..3) == 0 { What::Down } else { What::Up };
    let killed = (rng.u8(0..3) == 0).then(|| seconds(rng, 0..240));
    let paused = (rng.u8(0..3) == 0).then(|| (seconds(rng, 0..120), seconds(rng, 1..240)));
    let jump = (rng.u8(0..6) == 0).then(|| (seconds(rng, 0..120), seconds(rng, 1..600)));
    let troubles = [0, 20, 150, 400][rng.usize(0..4)];
    Fate { what, begins: seconds(rng, 0..150), killed, paused, jump, troubles }
}

fn trouble(rng: &mut Rng, share: u64) -> Trouble {
    let delay = |rng: &mut Rng| match rng.u8(0..20) {
        0 => seconds(rng, 1..20),
        _ => Duration::from_millis(rng.u64(20..120)),
    };
    let failures = [Failure::AnswerLost, Failure::RequestLost, Failure::Late, Failure::Conflict, Failure::Busy];
    let failure = (rng.u64(0..1000) < share).then(|| failures[rng.usize(0..failures.len())]);
    Trouble { before: delay(rng), after: delay(rng), failure }
}

/// Most calls arrive at once, some after half a minute.
fn travel() -> Duration {
    match fastrand::u8(0..10) {
        0 => Duration::from_millis(fastrand::u64(0..25_000)),
        _ => Duration::ZERO,
    }
}

async fn run(world: &World, fate: &Fate, seed: u64) {
    let start = Instant::now();
    let pause = fate.paused.map(|(from, lasts)| (start + from, start + from + lasts));
    let rng = Arc::new(Mutex::new(Rng::with_seed(seed)));
    let share = fate.troubles;
    let objects = world.objects.with(move |_: &Request<'_>| {
        let mut trouble = trouble(&mut rng.lock().unwrap(), share);
        // A machine that stands still sends nothing.
        if let Some((from, until)) = pause
            && (from..until).contains(&Instant::now())
        {
            trouble.before += until - Instant::now();
        }
        trouble
    });
    let jump = fate.jump;
    let ticks = move || {
        let passed = start.elapsed();
        passed + jump.filter(|(at, _)| passed > *at).map_or(Duration::ZERO, |(_, by)| by)
    };
    sleep(fate.begins).await;
    let env = world.env(&objects, ticks);
    let command = world.command(&env, fate.what);
    let far = start + Duration::from_secs(1_000_000);
    let (from, until) = pause.unwrap_or((far, far));
    let command = Standstill::new(command, from, until);
    // How a run ends that met troubles does not matter here, as long as it ends.
    let most = fate.killed.unwrap_or(Duration::from_secs(7200));
    let ended = timeout(most, command).await;
    assert!(ended.is_ok() || fate.killed.is_some(), "a run does not end");
}

fn fates(seed: u64) -> Vec<Fate> {
    let mut rng = Rng::with_seed(seed);
    (0..rng.usize(2..5)).map(|_| fate(&mut rng)).collect()
}

async fn schedule(seed: u64) {
    fastrand::seed(seed);
    let fates = fates(seed);
    let world = World::new(travel);
    let at = format!("seed {seed}");
    let runs = fates.iter().enumerate().map(|(i, fate)| run(&world, fate, seed * 10 + i as u64));
    join_all(runs).await;
    // What a machine sent before it was killed may still arrive.
    world.assert_mends(&at).await;
}

/// The number of schedules of each test; ten times as many with `VIDPIPE_TORTURE`.
const MANY: u64 = 2_500;

/// Runs schedules. `VIDPIPE_TEST_SEED` and `VIDPIPE_TEST_SCHEDULES` select others: one of them, to debug it.
fn schedules(from: u64) {
    let number = |name: &str| env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let usual = if env::var_os("VIDPIPE_TORTURE").is_some() { MANY * 10 } else { MANY };
    let many = number("VIDPIPE_TEST_SCHEDULES").unwrap_or(usual);
    let begins = number("VIDPIPE_TEST_SEED").unwrap_or(from * 1_000_000);
    for seed in begins..begins + many {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            runtime.block_on(LocalSet::new().run_until(schedule(seed)));
        }));
        assert!(done.is_ok(), "schedule {seed} failed: {:#?}", fates(seed));
    }
}

#[test]
fn one_at_a_time_whatever_happens_first() {
    schedules(0);
}

#[test]
fn one_at_a_time_whatever_happens_second() {
    schedules(1);
}

#[test]
fn one_at_a_time_whatever_happens_third() {
    schedules(2);
}

#[test]
fn one_at_a_time_whatever_happens_fourth() {
    schedules(3);
}
