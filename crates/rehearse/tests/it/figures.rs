//! `up` and `down` take as long as AWS takes, and no longer: measured by the sandbox's clock, with every task at its
//! usual duration.
use crate::subject::calm;
use std::{collections::BTreeSet, thread};
use vidpipe_engine::{
    Graph,
    event::{Event, Forecast},
};
use vidpipe_pipelines::spec::Pipeline::{self, Streamflix, Streamtech, StreamtechTokyo};
use vidpipe_rehearse::{Harness, Pace, Phase, pace, rehearse, runtime};
use vidpipe_sandbox::{Clock, Conditions, Speed, is_read};

/// Maximum duration, relative to AWS's share of the critical path.
const RATIO: f64 = 1.02;
/// Maximum number of calls, of `up` and of `down`.
const CALLS: [usize; 2] = [700, 500];

/// Asserts the maximum durations in seconds.
fn takes(pipeline: Pipeline, up: f64, down: f64) {
    let subject = calm(pipeline);
    let day = Conditions { speed: Speed::Typical, ..Conditions::strict(0) };
    let runtime = runtime().expect("a runtime can be made");
    let rehearsal = runtime.block_on(rehearse(&subject.spec, &subject.suffix, day));
    let rehearsal = rehearsal.expect("the sandbox offers what the spec asks for");
    let check = |command: &str, phase: &Phase, most: f64, most_calls: usize| {
        let (seconds, ratio, calls) = (phase.seconds, phase.ratio(), phase.reads + phase.changes);
        println!("{pipeline} {command}: {seconds:.1} s, {ratio:.4} times AWS's own part, {calls} calls");
        assert!(calls <= most_calls, "{command} makes {calls} calls");
        assert!(seconds < most, "{command} takes {seconds} s: {:?}", phase.critical);
        assert!((1.0..RATIO).contains(&ratio), "{command} takes {ratio} times AWS's own part: {:?}", phase.critical);
    };
    check("up", &rehearsal.up, up, CALLS[0]);
    check("down", &rehearsal.down, down, CALLS[1]);
    // The run waits for network interfaces that still exist, so nothing is refused because of them. The exception is
    // those of a DB cluster: its log group and key need not wait for them.
    let held = rehearsal.down.refused.iter().filter(|refusal| refusal.code == "DependencyViolation");
    let held: BTreeSet<&str> = held.map(|refusal| refusal.node.as_str()).collect();
    let stands: &[&str] =
        if pipeline == Streamflix { &["database-security-group", "isolated-1", "isolated-2"] } else { &[] };
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

/// vidpipe and the sandbox each decide whether a call only reads, and agree.
#[test]
fn a_call_reads_for_both_or_for_neither() {
    for pipeline in [Streamtech, Streamflix] {
        let subject = calm(pipeline);
        let events = runtime().expect("a runtime can be made").block_on(async {
            let harness =
                Harness::new(Clock::Real, &subject.spec, &subject.suffix).await.expect("the sandbox offers it");
            harness.day(Conditions { speed: Speed::Typical, ..Conditions::strict(0) });
            assert!(harness.up().await.is_complete() && harness.down().await.is_complete());
            harness.take_events()
        });
        let called = events.iter().filter_map(|(_, event)| match event {
            Event::Called { call, reads, .. } => Some((call.as_str(), *reads)),
            _ => None,
        });
        let called: BTreeSet<(&str, bool)> = called.collect();
        assert!(called.len() > 50, "{called:?}");
        for (call, reads) in called {
            assert_eq!(is_read(call.rsplit(' ').next().unwrap_or_default()), reads, "{call}");
        }
    }
}

/// Each of these nodes is read at least once, by a call that can return several.
#[test]
fn nodes_of_a_kind_are_looked_at_together() {
    let subject = calm(Streamtech);
    runtime().expect("a runtime can be made").block_on(async {
        let harness = Harness::new(Clock::Real, &subject.spec, &subject.suffix).await.expect("the sandbox offers it");
        harness.day(Conditions { speed: Speed::Typical, ..Conditions::strict(0) });
        assert!(harness.up().await.is_complete());
        let (state, calls) = (harness.state(), harness.sandbox().take_calls());
        for (call, kinds) in [
            ("DescribeSubnets", ["ec2:subnet", "ec2:subnet-public-ip"].as_slice()),
            ("DescribeRouteTables", &["ec2:route-table", "ec2:route-table-association", "ec2:route"]),
            ("DescribeSecurityGroups", &["ec2:security-group", "ec2:ingress-rule", "ec2:no-egress"]),
        ] {
            let nodes = state.entries.values().filter(|e| kinds.contains(&e.kind.as_str())).count();
            let reads = calls.iter().filter(|c| c.operation == call).count();
            assert!(reads > 0 && reads * 2 <= nodes, "{reads} times {call} for {nodes} nodes");
        }
    });
}

/// The simulated days are independent of each other, so they run in parallel.
const THREADS: usize = 4;

/// Measures `up` and `down` with that seed.
fn day(pipeline: Pipeline, seed: u64) -> [Pace; 2] {
    let subject = calm(pipeline);
    runtime().expect("a runtime can be made").block_on(async {
        let harness = Harness::new(Clock::Real, &subject.spec, &subject.suffix).await.expect("the sandbox offers it");
        harness.day(Conditions { speed: Speed::Drawn, ..Conditions::strict(seed) });
        let up = pace(&harness, &harness.graph()).await.expect("`up` ends");
        [up, pace(&harness, &Graph::default()).await.expect("`down` ends")]
    })
}

/// The forecasts of `up` and `down`, made without any of these runs.
fn forecasts(pipeline: Pipeline) -> [Forecast; 2] {
    let subject = calm(pipeline);
    let outlooks = runtime().expect("a runtime can be made").block_on(async {
        let harness = Harness::new(Clock::Real, &subject.spec, &subject.suffix).await.expect("the sandbox offers it");
        let up = harness.outlook(&harness.graph());
        assert!(harness.up().await.is_complete());
        [up, harness.outlook(&Graph::default())]
    });
    outlooks.map(|outlook| outlook.forecast().expect("a forecast"))
}

/// Number of seeds; with fewer, the median is not meaningful.
const DAYS: u64 = 100;

/// Asserts the results of `DAYS` seeds, for `up` and for `down`, each with its own durations between AWS's minimum and
/// maximum.
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
        let reads = days.iter().map(|day| day.reads).max().unwrap_or_default();
        let throttled: usize = days.iter().map(|day| day.throttled).sum();
        let slow = days.iter().map(|day| day.late.len()).sum::<usize>() / days.len();
        println!(
            "{pipeline} {command}, {DAYS} days: median {median:.0} s, forecast {p50:.0} s ({within} within {p90:.0} s); \
             {slow} slow tasks known {late:.2} s late; at most {reads} looks in a second; {throttled} throttled"
        );
        assert!((p50 / median - 1.0).abs() < 0.05, "the forecast of {command} is off");
        assert!(within >= 80, "{command} is late more often than is said");
        assert!(slow >= 1 && late < 2.0, "what AWS has done, and the end waits for, is seen late");
        assert_eq!(throttled, 0, "{command} is throttled");
        assert!(reads <= 5, "{command} asks too often");
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
