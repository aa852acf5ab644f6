//! The summary of a run.
use crate::world::{at, end, middle, plan, progress};
use std::time::Duration;
use vidpipe_engine::{
    Action, Name,
    event::{After, Event, Forecast, Halt, Op, Planned, Point},
};
use vidpipe_report::{
    Progress, TermStyle,
    summary::{Next, human, json},
};

const NEXT: Next<'_> = Next { again: "vidpipe up --suffix staging", then: Some("vidpipe outputs --suffix staging") };

fn whole() -> Progress {
    let mut events = vec![middle()[0].clone(), (at(1), plan())];
    let Event::Planned { tasks, .. } = plan() else { panic!("not a plan") };
    for t in tasks {
        let (node, op, changed) = (t.node, t.op, t.op == Op::Remove || t.usual > Duration::from_secs(1));
        events.push((at(2), Event::Finished { node, op, changed, took: Duration::from_secs(2), waited: None }));
    }
    events.push((at(3), Event::Ended { done: 9, failed: 0, skipped: 0, took: Duration::from_secs(723) }));
    progress(&events, 3)
}

#[test]
fn of_a_run_that_did_everything() {
    insta::assert_snapshot!(human(&whole(), NEXT, &TermStyle::default()));
}

#[test]
fn of_a_run_with_a_failure() {
    let run = progress(&[middle(), end()].concat(), 1_000_002);
    insta::assert_snapshot!(human(&run, NEXT, &TermStyle::default()));
    insta::assert_snapshot!(format!("{:#}", json(&run, NEXT)));
}

#[test]
fn of_a_run_that_was_stopped() {
    let mut events = middle()[..17].to_vec();
    events.push((at(8_000), Event::Stopping { why: Halt::Asked }));
    events.push((at(9_000), Event::Ended { done: 3, failed: 0, skipped: 0, took: Duration::from_secs(9) }));
    insta::assert_snapshot!(human(&progress(&events, 9_001), NEXT, &TermStyle::default()));
}

#[test]
fn of_a_run_that_was_stopped_for_its_deadline() {
    let mut events = middle();
    events.retain(|(_, e)| !matches!(e, Event::Failed { .. } | Event::Skipped { .. }));
    events.push((at(400_000), Event::Stopping { why: Halt::Deadline }));
    events.push((at(401_000), Event::Ended { done: 4, failed: 0, skipped: 0, took: Duration::from_secs(401) }));
    let run = progress(&events, 401_001);
    insta::assert_snapshot!(human(&run, NEXT, &TermStyle::default()));
    let value = json(&run, NEXT);
    assert_eq!((&value["stopped"], &value["stopped_for"]), (&true.into(), &"deadline".into()));
    assert_eq!(value["retries"]["ms"], 20_998, "the pause ended with the run");
}

#[test]
fn of_a_run_whose_time_went_to_many_tasks() {
    insta::assert_snapshot!(human(&chain(814), NEXT, &TermStyle::default()));
    assert!(!human(&chain(8), NEXT, &TermStyle::default()).contains("time went"), "too short to tell");
}

/// Eight tasks, each depending on all previous ones.
fn chain(seconds: u64) -> Progress {
    let took = [2_500, 900, 4_000, 720_000, 1_500, 31_000, 45_000, 6_200];
    let node = |i: usize| Name(format!("step-{i}"));
    let task = |i: usize| Planned {
        node: node(i),
        op: Op::Ensure,
        kind: "ec2:vpc".into(),
        action: Action::Create,
        usual: Duration::from_millis(took[i]),
        late: Duration::ZERO,
        timing: String::new(),
        after: (0..i).map(|i| After { node: node(i), what: Point::Ready }).collect(),
    };
    let forecast = Forecast { p50: Duration::from_secs(790), p90: Duration::from_secs(960), path: Vec::new() };
    let tasks = (0..took.len()).map(task).collect();
    let mut events = vec![middle()[0].clone(), (at(1), Event::Planned { tasks, kept: 0 })];
    events.push((at(2), Event::Forecast(forecast)));
    let mut now = 100;
    for (i, ms) in took.into_iter().enumerate() {
        let (op, took) = (Op::Ensure, Duration::from_millis(ms));
        events.push((at(now), Event::Started { node: node(i), op }));
        now += i64::try_from(ms).unwrap();
        events.push((at(now), Event::Finished { node: node(i), op, changed: true, took, waited: Some(took) }));
        now += 10;
    }
    events.push((at(now), Event::Ended { done: 8, failed: 0, skipped: 0, took: Duration::from_secs(seconds) }));
    progress(&events, now)
}

#[test]
fn of_a_run_with_nothing_to_do() {
    let ended = Event::Ended { done: 0, failed: 0, skipped: 0, took: Duration::ZERO };
    let run = progress(&[middle()[0].clone(), (at(1), Event::Planned { tasks: vec![], kept: 63 }), (at(2), ended)], 3);
    insta::assert_snapshot!(human(&run, Next { then: None, ..NEXT }, &TermStyle::default()), @"up streamtech-staging done in 0.0s: 63 unchanged");
    assert_eq!(json(&run, NEXT)["complete"], true);
}
