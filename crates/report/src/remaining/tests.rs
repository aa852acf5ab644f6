use super::*;
use crate::Progress;
use jiff::SignedDuration;
use vidpipe_engine::{
    Action,
    event::{After, Event, Fault, Forecast, Halt, Leg, Planned, Report},
};

fn at(s: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(s)
}

const fn s(s: u64) -> Duration {
    Duration::from_secs(s)
}

/// Parses tasks of the form `name seconds waits..`: `name` waits until it is ready, `?name` until it is known, `-name`
/// until it is deleted. A task name that starts with `-` is a removal. A task is late at 1.5 times its usual time.
fn run(plan: &str) -> Progress {
    let node = |word: &str| Name::from(word.trim_start_matches(['?', '-']));
    let waits = |word: &str| {
        let what = match word.as_bytes()[0] {
            b'?' => Point::Known,
            b'-' => Point::Gone,
            _ => Point::Ready,
        };
        After { node: node(word), what }
    };
    let task = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let op = if words[0].starts_with('-') { Op::Remove } else { Op::Ensure };
        let (usual, after) = (s(words[1].parse().unwrap()), words[2..].iter().map(|w| waits(w)).collect());
        let (kind, timing, late) = (String::new(), String::new(), usual * 3 / 2);
        Planned { node: node(words[0]), op, kind, action: Action::Create, usual, late, timing, after }
    };
    let mut run = Progress::new();
    run.on(at(0), &Event::Planned { tasks: plan.split(';').map(task).collect(), kept: 0 });
    run
}

fn start(run: &mut Progress, t: i64, node: &str) {
    run.on(at(t), &Event::Started { node: node.into(), op: Op::Ensure });
}

fn finish(run: &mut Progress, t: i64, node: &str) {
    run.on(at(t), &Event::Finished { node: node.into(), op: Op::Ensure, changed: true, took: s(1), waited: None });
}

fn waiting(run: &mut Progress, t: i64, node: &str) {
    run.on(at(t), &Event::Waiting { node: node.into(), op: Op::Ensure, why: "creating".into() });
}

fn fault() -> Fault {
    Fault::from("no")
}

/// The remaining seconds, and the tasks that determine them.
fn rest(run: &Progress, t: i64) -> (f64, Vec<String>) {
    let rest = run.rest(at(t)).unwrap();
    (rest.left.as_secs_f64(), rest.decisive.into_iter().map(|(node, _)| node.0).collect())
}

fn by(names: &[&str]) -> Vec<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

#[test]
fn of_a_chain_it_is_the_sum() {
    let mut run = run("a 10;b 100 a;c 30 b");
    assert_eq!(rest(&run, 0), (140.0, by(&[])));
    start(&mut run, 0, "a");
    assert_eq!(rest(&run, 4), (136.0, by(&["a"])));
    finish(&mut run, 7, "a");
    assert_eq!(rest(&run, 7), (130.0, by(&[])), "what took less than usual is not waited for");
    start(&mut run, 7, "b");
    assert_eq!(rest(&run, 7), (130.0, by(&["b"])));
}

#[test]
fn of_a_diamond_it_is_the_longer_side() {
    let mut run = run("a 10;short 40 a;long 100 a;z 5 short long");
    start(&mut run, 0, "a");
    assert_eq!(rest(&run, 0), (115.0, by(&["a"])));
    finish(&mut run, 10, "a");
    start(&mut run, 10, "short");
    start(&mut run, 10, "long");
    assert_eq!(rest(&run, 10), (105.0, by(&["long"])));
    finish(&mut run, 60, "long");
    assert_eq!(rest(&run, 60), (5.0 + 5.0, by(&["short"])), "the other side is what is waited for now");
}

#[test]
fn two_that_end_it_together_decide_together() {
    let mut run = run("nat-a 100;nat-b 100;vpc-link 200;z 150 nat-a nat-b");
    for (t, node) in [(0, "nat-a"), (2, "nat-b"), (0, "vpc-link")] {
        start(&mut run, t, node);
    }
    assert_eq!(rest(&run, 10), (242.0, by(&["nat-a", "nat-b"])));
}

#[test]
fn known_values_are_waited_for_only_until_the_first_look() {
    let mut run = run("balancer 180;worker 90 ?balancer;link 200 ?worker");
    assert_eq!(rest(&run, 0).0, 204.0);
    start(&mut run, 0, "balancer");
    assert_eq!(rest(&run, 0), (204.0, by(&["balancer"])));
    waiting(&mut run, 1, "balancer");
    assert_eq!(rest(&run, 10).0, 85.0 + 202.0, "it has shown none: half-way to its end");
    run.on(at(20), &Event::Known { node: "balancer".into() });
    assert_eq!(rest(&run, 20), (202.0, by(&[])), "known now: its users could begin");
    start(&mut run, 20, "worker");
    assert_eq!(rest(&run, 20), (202.0, by(&["worker"])));
}

#[test]
fn what_is_made_anew_waits_until_it_is_gone() {
    let mut run = run("-cache 60;cache 100 -cache;user 10 cache");
    run.on(at(0), &Event::Started { node: "cache".into(), op: Op::Remove });
    let rest = run.rest(at(20)).unwrap();
    assert_eq!((rest.left, rest.decisive), (s(150), vec![("cache".into(), Op::Remove)]));
}

#[test]
fn what_is_slow_is_expected_half_way_to_when_it_is_late() {
    let mut run = run("a 100");
    start(&mut run, 0, "a");
    let left: Vec<f64> = (0..=60).map(|n| rest(&run, n * 10).0).collect();
    assert_eq!(left[..6], [100.0, 90.0, 80.0, 70.0, 60.0, 50.0]);
    assert_eq!(left[10], 25.0, "at its usual time, half-way to when it is late");
    assert_eq!(left[15], 7.5, "late");
    assert_eq!(left[30], 3.75, "shrinking, the longer it takes");
    assert!(left.windows(2).all(|w| w[1] <= w[0]), "it never grows: {left:?}");
    assert_eq!(rest(&run, 1_000_000).0, 3.0, "and never claims to be over");
}

#[test]
fn without_a_late_time_it_is_half_as_much_again() {
    let mut tasks = run("a 100").tasks;
    let task = tasks.get_mut(&("a".into(), Op::Ensure)).unwrap();
    task.late = Duration::ZERO;
    task.moved(at(0), crate::At::Running { why: None });
    assert_eq!(of(&tasks, 1.0, at(20)).left, s(80));
    assert_eq!(of(&tasks, 1.0, at(100)).left, s(30));
}

#[test]
fn a_pause_before_the_first_answer_is_added() {
    let mut run = run("a 100");
    start(&mut run, 0, "a");
    let (node, op, budget) = (Name::from("a"), Op::Ensure, "ec2:CreateVpc".into());
    run.on(at(1), &Event::Queued { node: node.clone(), op, budget, pause: s(30) });
    assert_eq!(rest(&run, 11).0, 120.0);
    waiting(&mut run, 40, "a");
    run.on(at(60), &Event::Retrying { node, op, error: fault(), pause: s(10), left: None });
    assert_eq!(rest(&run, 60).0, 10.0 + 71.0, "29 s of its own have passed, and go on passing");
}

#[test]
fn what_failed_or_is_skipped_is_over() {
    let mut run = run("a 10;b 500 a;c 20");
    start(&mut run, 0, "a");
    start(&mut run, 0, "c");
    run.on(at(5), &Event::Failed { node: "a".into(), op: Op::Ensure, error: fault() });
    run.on(at(5), &Event::Skipped { node: "b".into(), op: Op::Ensure, because: "a".into() });
    assert_eq!(rest(&run, 5), (15.0, by(&["c"])));
}

#[test]
fn there_is_nothing_to_say_before_the_plan_and_after_the_end() {
    assert_eq!(Progress::new().remaining(at(0)), None);
    let mut run = run("a 10");
    start(&mut run, 0, "a");
    assert!(run.remaining(at(1)).is_some());
    let mut stopped = run.clone();
    stopped.on(at(2), &Event::Stopping { why: Halt::Asked });
    assert_eq!(stopped.remaining(at(2)), None);
    finish(&mut run, 10, "a");
    assert_eq!(run.remaining(at(10)), None);
    run.on(at(10), &Event::Ended { done: 1, failed: 0, skipped: 0, took: s(10) });
    assert_eq!(run.remaining(at(10)), None);
}

#[test]
fn there_is_nothing_to_say_of_an_endpoint_that_keeps_its_own_time() {
    let mut run = run("a 10");
    let (command, pipeline, suffix, region) = ("up".into(), "p".into(), "s".into(), "r".into());
    run.on(at(0), &Event::Began { command, pipeline, suffix, region, emulated: true });
    run.on(at(0), &Event::Forecast(Forecast { p50: s(10), p90: s(20), path: Vec::new() }));
    assert_eq!((run.remaining(at(0)), run.forecast), (None, None));
}

#[test]
fn it_begins_with_what_the_forecast_says() {
    let mut run = run("a 10;b 100 a");
    let leg = |node: &str, took| Leg { node: node.into(), op: Op::Ensure, took };
    let path = vec![leg("a", s(10)), leg("b", s(100))];
    run.on(at(0), &Event::Forecast(Forecast { p50: s(121), p90: s(150), path }));
    assert_eq!(rest(&run, 0).0.round(), 121.0);
}

#[test]
fn tasks_in_a_circle_and_waits_for_nobody_do_not_hang() {
    let run = run("a 10 b;b 10 a;c 7 nobody");
    assert_eq!(rest(&run, 0).0, 10.0);
}

#[test]
fn ten_thousand_tasks_are_no_matter() {
    let line = |i: usize| format!("n{i} 1 n{} ?n{} n{}", i.saturating_sub(1), i / 2, i / 3);
    let lines: Vec<String> = std::iter::once("n0 1".to_owned()).chain((1..10_000).map(line)).collect();
    let run = run(&lines.join(";"));
    let began = std::time::Instant::now();
    assert_eq!(rest(&run, 0).0, 10_000.0);
    assert!(began.elapsed() < s(1), "{:?}", began.elapsed());
}
