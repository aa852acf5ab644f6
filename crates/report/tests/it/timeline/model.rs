//! The model built from the events, before rendering.
use super::runs::{failed, killed, older, swept, up};
use crate::world::{at, middle};
use std::time::Duration;
use vidpipe_engine::event::{Event, Op};
use vidpipe_report::timeline::{Activity, Difference, End, Outcome, Row, Timeline, json};

fn run(events: &[(jiff::Timestamp, Event)]) -> Timeline {
    Timeline::of(events).unwrap()
}

fn row<'a>(run: &'a Timeline, node: &str) -> &'a Row {
    run.row(&node.into(), Op::Ensure).unwrap()
}

#[test]
fn a_history_without_events_is_no_run() {
    assert_eq!(Timeline::of(&[]), None);
}

#[test]
fn the_time_of_every_task_is_accounted_for() {
    for events in [up(0, &[]), failed(), killed(200), older(), swept(), middle()] {
        for row in &run(&events).rows {
            let (Some(from), Some(to)) = (row.from, row.to) else {
                assert!(row.segments.is_empty() && row.took().is_zero(), "{}", row.node);
                continue;
            };
            let mut last = from;
            for segment in &row.segments {
                assert_eq!(segment.from, last, "{}: a gap", row.node);
                assert!(segment.to >= segment.from, "{}", row.node);
                last = segment.to;
            }
            assert_eq!(last, to, "{}", row.node);
        }
    }
}

#[test]
fn the_path_is_what_the_run_waited_for() {
    let run = run(&up(0, &[]));
    let path: Vec<&str> = run.path.iter().map(|l| l.node.0.as_str()).collect();
    assert_eq!(path, ["vpc", "private-subnet-b", "database-subnets", "database", "migrations", "api", "stage"]);
    let marked: Vec<&str> = run.rows.iter().filter(|r| r.on_path).map(|r| r.node.0.as_str()).collect();
    assert_eq!(marked, path);
    let short = run.took() - run.on_path();
    assert!(short < Duration::from_secs(1), "{short:?}");
}

#[test]
fn a_killed_run_ends_with_its_last_event() {
    let run = run(&killed(200));
    assert_eq!(run.end, End::Killed);
    assert!(run.ended > at(180_000) && run.ended <= at(200_000));
    assert_eq!((&row(&run, "database").outcome, row(&run, "database").to), (&Outcome::CutShort, Some(run.ended)));
    assert_eq!((&row(&run, "api").outcome, row(&run, "api").from), (&Outcome::NotBegun, None));
    assert_eq!(run.counts(), "20 done, 3 cut short, 4 not begun");
}

#[test]
fn how_a_run_ended_is_told_by_its_tasks_and_its_last_words() {
    assert_eq!(run(&up(0, &[])).end, End::Complete);
    assert_eq!(run(&failed()).end, End::Failed);
    let mut stopped = killed(200);
    let why = vidpipe_engine::event::Halt::Deadline;
    stopped.push((at(200_001), Event::Stopping { why }));
    assert_eq!(run(&stopped).end, End::Killed, "it was killed while it stopped");
    stopped.push((at(200_002), Event::Ended { done: 20, failed: 0, skipped: 0, took: Duration::from_secs(200) }));
    assert_eq!(run(&stopped).end, End::Stopped(why));
}

#[test]
fn an_older_history_has_no_path_and_no_calls_but_all_its_times() {
    let (new, old) = (run(&up(0, &[])), run(&older()));
    assert!(!old.ordered && old.path.is_empty() && old.calls().is_empty() && old.forecast.is_none());
    let times = |run: &Timeline| run.rows.iter().map(|r| (r.node.clone(), r.from, r.to)).collect::<Vec<_>>();
    assert_eq!(times(&old), times(&new));
    let waits = |row: &Row| row.segments.iter().filter(|s| matches!(s.doing, Activity::Waiting { .. })).count();
    assert_eq!(waits(row(&old, "database")), 3);
}

#[test]
fn turns_retries_and_calls_are_counted() {
    let run = run(&up(0, &[]));
    let queues = run.queues();
    assert_eq!((queues.len(), queues[0].times, queues[0].took), (1, 2, Duration::from_millis(4_800)));
    let retries = run.retries();
    let retried: Vec<_> = retries.iter().map(|r| (r.code.as_deref().unwrap(), r.times, r.is_throttle())).collect();
    assert_eq!(retried, [("KMSKeyNotAccessible", 1, false), ("RequestLimitExceeded", 1, true)]);
    let subnets = run.calls().into_iter().find(|c| c.call == "EC2 CreateSubnet").unwrap();
    assert_eq!((subnets.times, subnets.longest), (5, Duration::from_millis(310)));
}

#[test]
fn a_difference_tells_what_matters() {
    let (now, before) = (run(&up(86_400, &[("database", 1.42), ("vpc", 2.0)])), run(&up(0, &[])));
    let difference = Difference::of(&now, &before);
    let changed: Vec<_> = difference.changes.iter().map(|c| (c.node.0.as_str(), c.words())).collect();
    assert_eq!(changed, [("database", "4m 17s slower".to_owned())], "two seconds of the VPC matter to nobody");
    assert_eq!((difference.common, difference.only_now, difference.only_before), (27, 0, 0));
    let difference = Difference::of(&run(&failed()), &before);
    assert_eq!((difference.common, difference.only_now, difference.only_before), (21, 0, 6));
    assert_eq!(Difference::of(&before, &run(&swept())).common, 0);
}

#[test]
fn a_removal_and_its_sweep() {
    let run = run(&swept());
    let sweep = run.sweep.as_ref().unwrap();
    assert_eq!((run.took(), run.span()), (Duration::from_millis(55_002), Duration::from_millis(117_100)));
    assert_eq!(sweep.outcome, "nothing is left: 61 reads at 19 services");
    assert_eq!(run.end, End::Complete);
}

#[test]
fn a_run_for_programs() {
    let now = run(&swept());
    insta::assert_snapshot!(format!("{:#}", json(&now, None)));
    let (now, before) = (run(&up(86_400, &[("database", 1.42)])), run(&up(0, &[])));
    let value = json(&now, Some(&Difference::of(&now, &before)));
    assert_eq!(value["critical_path"].as_array().unwrap().len(), 7);
    assert_eq!(value["against"]["changes"][0]["node"], "database");
    assert_eq!(value["forecast"]["p50_ms"], 781_000);
    assert_eq!(json(&run(&older()), None)["critical_path"], serde_json::Value::Null);
}
