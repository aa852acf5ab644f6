//! The last words of a run.
use crate::world::{at, end, middle, plan, progress};
use std::time::Duration;
use vidpipe_engine::event::{Event, Half, Halt};
use vidpipe_report::{
    Look, Progress,
    summary::{Next, human, json},
};

const NEXT: Next<'_> = Next { again: "vidpipe up --suffix staging", then: Some("vidpipe outputs --suffix staging") };

fn whole() -> Progress {
    let mut events = vec![middle()[0].clone(), (at(1), plan())];
    let Event::Planned { tasks, .. } = plan() else { panic!("not a plan") };
    for t in tasks {
        let (node, half, changed) = (t.node, t.half, t.half == Half::Remove || t.usual > Duration::from_secs(1));
        events.push((at(2), Event::Finished { node, half, changed, took: Duration::from_secs(2), waited: None }));
    }
    events.push((at(3), Event::Ended { done: 9, failed: 0, skipped: 0, took: Duration::from_secs(723) }));
    progress(&events, 3)
}

#[test]
fn of_a_run_that_did_everything() {
    insta::assert_snapshot!(human(&whole(), NEXT, &Look::default()));
}

#[test]
fn of_a_run_with_a_failure() {
    let run = progress(&[middle(), end()].concat(), 1_000_002);
    insta::assert_snapshot!(human(&run, NEXT, &Look::default()));
    insta::assert_snapshot!(format!("{:#}", json(&run, NEXT)));
}

#[test]
fn of_a_run_that_was_stopped() {
    let mut events = middle()[..14].to_vec();
    events.push((at(8_000), Event::Stopping { why: Halt::Asked }));
    events.push((at(9_000), Event::Ended { done: 3, failed: 0, skipped: 0, took: Duration::from_secs(9) }));
    insta::assert_snapshot!(human(&progress(&events, 9_001), NEXT, &Look::default()));
}

#[test]
fn of_a_run_with_nothing_to_do() {
    let ended = Event::Ended { done: 0, failed: 0, skipped: 0, took: Duration::ZERO };
    let run = progress(&[middle()[0].clone(), (at(1), Event::Planned { tasks: vec![], kept: 63 }), (at(2), ended)], 3);
    insta::assert_snapshot!(human(&run, Next { then: None, ..NEXT }, &Look::default()), @"up streamtech-staging done in 0.0s: 63 unchanged");
    assert_eq!(json(&run, NEXT)["complete"], true);
}
