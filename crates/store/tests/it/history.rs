//! The history of runs.
use crate::world::{folder, names, now, put, staging};
use jiff::SignedDuration;
use std::time::Duration;
use vidpipe_engine::{
    Name,
    event::{Event, Half, Report},
};
use vidpipe_store::{ErrorKind, Place};

fn some() -> Vec<Event> {
    let (node, half) = (Name::from("vpc"), Half::Ensure);
    let (command, pipeline) = ("up".into(), "streamtech".into());
    vec![
        Event::Began { command, pipeline, suffix: "staging".into(), region: "us-east-1".into(), elsewhere: false },
        Event::Started { node: node.clone(), half },
        Event::Finished { node, half, changed: true, took: Duration::from_millis(1500), waited: None },
        Event::Ended { done: 1, failed: 0, skipped: 0, took: Duration::from_secs(2) },
    ]
}

fn run(place: &Place, command: &str, second: i64) {
    let at = now() + SignedDuration::from_secs(second);
    let mut log = place.record(command, at);
    for event in some() {
        log.on(at, &event);
    }
    assert!(log.trouble().is_none());
}

#[test]
fn events_are_kept_line_by_line() {
    let (_dir, folder) = folder();
    let place = staging(&folder);
    run(&place, "up", 0);
    let runs = place.runs().unwrap();
    assert_eq!((runs.len(), runs[0].at, &*runs[0].command), (1, now(), "up"));
    assert_eq!(names(&place.path().join("runs")), ["20261120T101500.000Z-up.jsonl"]);
    let text = std::fs::read_to_string(&runs[0].path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("{\"schema\":1,\"command\":\"up\",\"at\":\"2026-11-20T10:15:00Z\""), "{}", lines[0]);
    assert_eq!(
        lines[3],
        "{\"at\":\"2026-11-20T10:15:00Z\",\"event\":\"finished\",\"node\":\"vpc\",\"half\":\"ensure\",\"changed\":true,\"ms\":1500}"
    );
    let read: Vec<Event> = runs[0].events().unwrap().into_iter().map(|r| r.event).collect();
    assert_eq!(read, some());
}

#[test]
fn a_killed_run_can_be_read_up_to_its_last_whole_line() {
    let (_dir, folder) = folder();
    let place = staging(&folder);
    run(&place, "up", 0);
    let run = &place.runs().unwrap()[0];
    let text = std::fs::read(&run.path).unwrap();
    put(&run.path, &text[..text.len() - 5]);
    assert_eq!(run.events().unwrap().len(), some().len() - 1);
    put(&run.path, b"");
    assert!(run.events().unwrap().is_empty());
    put(&run.path, b"{\"schema\":2}\n{}\n");
    assert!(run.events().unwrap_err().to_string().contains("read the history"));
}

#[test]
fn the_last_fifty_runs_are_kept_newest_first() {
    let (_dir, folder) = folder();
    let place = staging(&folder);
    for n in 0..60 {
        // Three in each second: their order is that of their making.
        run(&place, "up", n / 3);
    }
    let runs = place.runs().unwrap();
    assert_eq!(runs.len(), 50);
    assert_eq!(runs[0].at, now() + SignedDuration::from_millis(19_002));
    assert_eq!(runs[49].at, now() + SignedDuration::from_millis(3_001));
}

#[test]
fn a_history_that_cannot_be_written_does_not_stop_a_run() {
    let (_dir, folder) = folder();
    let place = staging(&folder);
    place.probe().unwrap();
    put(&place.path().join("runs"), b"a file");
    let mut log = place.record("up", now());
    for event in some() {
        log.on(now(), &event);
    }
    let e = log.trouble().unwrap();
    assert_eq!(e.kind(), ErrorKind::Io);
    assert!(e.to_string().starts_with("write the history of the run to "), "{e}");
    assert!(log.trouble().is_none(), "told once");
}
