//! `up` and `down` take as long as AWS takes, and no longer: on a day on which everything takes its usual time, by the
//! sandbox's clock.
use crate::subject::calm;
use std::{collections::BTreeSet, thread};
use vidpipe_engine::{Graph, event::Forecast};
use vidpipe_pipelines::spec::Pipeline::{self, Streamflix, Streamtech, StreamtechTokyo};
use vidpipe_rehearse::{Pace, Phase, World, pace, rehearse, runtime};
use vidpipe_sandbox::{Clock, Conditions, Speed};

/// So many times AWS's own part of the chain that decides.
const RATIO: f64 = 1.02;
/// So many calls in all, of `up` and of `down`.
const CALLS: [usize; 2] = [700, 500];

/// At most so many seconds each.
fn takes(pipeline: Pipeline, up: f64, down: f64) {
    let subject = calm(pipeline);
    let day = Conditions { speed: Speed::Typical, ..Conditions::strict(0) };
    let runtime = runtime().expect("a runtime can be made");
    let told = runtime.block_on(rehearse(&subject.spec, &subject.suffix, day));
    let told = told.expect("the sandbox offers what the spec asks for");
    let check = |command: &str, phase: &Phase, most: f64, most_calls: usize| {
        let (seconds, ratio, calls) = (phase.seconds, phase.ratio(), phase.looks + phase.changes);
        println!("{pipeline} {command}: {seconds:.1} s, {ratio:.4} times AWS's own part, {calls} calls");
        assert!(calls <= most_calls, "{command} makes {calls} calls");
        assert!(seconds < most, "{command} takes {seconds} s: {:?}", phase.critical);
        assert!((1.0..RATIO).contains(&ratio), "{command} takes {ratio} times AWS's own part: {:?}", phase.critical);
    };
    check("up", &told.up, up, CALLS[0]);
    check("down", &told.down, down, CALLS[1]);
    // Network interfaces that still stand are waited for, and nothing is refused for them. Only those of a DB cluster are
    // not, whose log group and key need not wait for them.
    let held = told.down.refused.iter().filter(|refusal| refusal.code == "DependencyViolation");
    let held: BTreeSet<&str> = held.map(|refusal| refusal.node.as_str()).collect();
    let stands: &[&str] = if pipeline == Streamflix { &["database-group", "isolated-1", "isolated-2"] } else { &[] };
    assert!(held.iter().all(|node| stands.contains(node)), "{held:?}");
}

#[test]
fn streamtech_takes_as_long_as_aws() {
    takes(Streamtech, 830.0, 375.0);
}

#[test]
fn tokyo_takes_as_long_as_aws() {
    takes(StreamtechTokyo, 830.0, 375.0);
}

#[test]
fn streamflix_takes_as_long_as_aws() {
    takes(Streamflix, 505.0, 435.0);
}

/// Each of these nodes is looked at once at least, by a call that can show several.
#[test]
fn nodes_of_a_kind_are_looked_at_together() {
    let subject = calm(Streamtech);
    runtime().expect("a runtime can be made").block_on(async {
        let world = World::new(Clock::Real, &subject.spec, &subject.suffix).await.expect("the sandbox offers it");
        world.day(Conditions { speed: Speed::Typical, ..Conditions::strict(0) });
        assert!(world.up().await.is_complete());
        let (state, calls) = (world.state(), world.sandbox().take_calls());
        for (call, kinds) in [
            ("DescribeSubnets", ["ec2:subnet", "ec2:subnet-public-ip"].as_slice()),
            ("DescribeRouteTables", &["ec2:route-table", "ec2:route-table-association", "ec2:route"]),
            ("DescribeSecurityGroups", &["ec2:security-group", "ec2:ingress-rule", "ec2:no-egress"]),
        ] {
            let nodes = state.entries.values().filter(|e| kinds.contains(&e.kind.as_str())).count();
            let looks = calls.iter().filter(|c| c.operation == call).count();
            assert!(looks > 0 && looks * 2 <= nodes, "{looks} times {call} for {nodes} nodes");
        }
    });
}

/// Days are independent of each other.
const THREADS: usize = 4;

/// `up` and `down` on that day.
fn day(pipeline: Pipeline, seed: u64) -> [Pace; 2] {
    let subject = calm(pipeline);
    runtime().expect("a runtime can be made").block_on(async {
        let world = World::new(Clock::Real, &subject.spec, &subject.suffix).await.expect("the sandbox offers it");
        world.day(Conditions { speed: Speed::Drawn, ..Conditions::strict(seed) });
        let up = pace(&world, &world.graph()).await.expect("`up` ends");
        [up, pace(&world, &Graph::default()).await.expect("`down` ends")]
    })
}

/// What is forecast for `up` and for `down`, before any of these days.
fn forecasts(pipeline: Pipeline) -> [Forecast; 2] {
    let subject = calm(pipeline);
    let outlooks = runtime().expect("a runtime can be made").block_on(async {
        let world = World::new(Clock::Real, &subject.spec, &subject.suffix).await.expect("the sandbox offers it");
        let up = world.outlook(&world.graph());
        assert!(world.up().await.is_complete());
        [up, world.outlook(&Graph::default())]
    });
    outlooks.map(|outlook| outlook.forecast().expect("a forecast"))
}

/// Of fewer days the median says little.
const DAYS: u64 = 100;

/// What so many days come to, for `up` and for `down`, each with times of its own between what AWS takes at least and at
/// most.
fn waits_well(pipeline: Pipeline) {
    let share =
        |first: u64| move || (first..=DAYS).step_by(THREADS).map(|seed| day(pipeline, seed)).collect::<Vec<_>>();
    let days: Vec<[Pace; 2]> = thread::scope(|scope| {
        let threads: Vec<_> = (1..=THREADS as u64).map(|first| scope.spawn(share(first))).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("a day")).collect()
    });
    let (ups, downs): (Vec<Pace>, Vec<Pace>) = days.into_iter().map(|[up, down]| (up, down)).unzip();
    let forecasts = forecasts(pipeline);
    for ((command, days), forecast) in [("up", &ups), ("down", &downs)].into_iter().zip(forecasts) {
        let mut took: Vec<f64> = days.iter().map(|day| day.seconds).collect();
        took.sort_by(f64::total_cmp);
        let (median, p50, p90) = (took[took.len() / 2], forecast.p50.as_secs_f64(), forecast.p90.as_secs_f64());
        let within = took.iter().filter(|took| **took <= p90).count();
        let late = days.iter().map(Pace::lateness).sum::<f64>() / days.len() as f64;
        let looks = days.iter().map(|day| day.looks).max().unwrap_or_default();
        let throttled: usize = days.iter().map(|day| day.throttled).sum();
        let slow = days.iter().map(|day| day.late.len()).sum::<usize>() / days.len();
        println!(
            "{pipeline} {command}, {DAYS} days: median {median:.0} s, forecast {p50:.0} s ({within} within {p90:.0} s); \
             {slow} slow tasks known {late:.2} s late; at most {looks} looks in a second; {throttled} throttled"
        );
        assert!((p50 / median - 1.0).abs() < 0.05, "the forecast of {command} is off");
        assert!(within >= 80, "{command} is late more often than is said");
        assert!(slow >= 1 && late < 2.0, "what AWS has done, and the end waits for, is seen late");
        assert_eq!(throttled, 0, "{command} is throttled");
        assert!(looks <= 5, "{command} asks too often");
    }
}

#[test]
fn streamtech_waits_well() {
    waits_well(Streamtech);
}

#[test]
fn streamflix_waits_well() {
    waits_well(Streamflix);
}
