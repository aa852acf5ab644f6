//! The history of runs.
use crate::world::{folder, names, now, put, staging};
use jiff::SignedDuration;
use std::time::Duration;
use vidpipe_engine::{
    Name,
    event::{Event, Op, Report},
};
use vidpipe_store::{EnvDir, ErrorKind, Run};

fn some() -> Vec<Event> {
    let (node, op) = (Name::from("vpc"), Op::Ensure);
    let (command, pipeline) = ("up".into(), "streamtech".into());
    vec![
        Event::Began { command, pipeline, suffix: "staging".into(), region: "us-east-1".into(), emulated: false },
        Event::Started { node: node.clone(), op },
        Event::Finished { node, op, changed: true, took: Duration::from_millis(1500), waited: None },
        Event::Ended { done: 1, failed: 0, skipped: 0, took: Duration::from_secs(2) },
    ]
}

fn run(place: &EnvDir, command: &str, second: i64) {
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
        "{\"at\":\"2026-11-20T10:15:00Z\",\"event\":\"finished\",\"node\":\"vpc\",\"op\":\"ensure\",\"changed\":true,\"ms\":1500}"
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
    let newer = run.events().unwrap_err();
    assert!(newer.to_string().contains("read the history") && newer.hint().contains("newer vidpipe"), "{newer}");
    put(&run.path, b"{\"schema\":1}\nno event\n");
    assert!(run.events().unwrap_err().hint().contains("may be removed"));
}

#[test]
fn a_run_is_meant_by_a_number_or_by_the_beginning_of_its_stamp() {
    let (_dir, folder) = folder();
    let place = staging(&folder);
    for (command, second) in [("up", 0), ("up", 70), ("down", 7_200)] {
        run(&place, command, second);
    }
    let runs = place.runs().unwrap();
    let stamps = |word: &str| Run::meant(&runs, word).iter().map(|r| r.stamp().to_owned()).collect::<Vec<_>>();
    let [first, second, third] = ["20261120T101500.000Z", "20261120T101610.000Z", "20261120T121500.000Z"];
    assert_eq!(stamps("1"), [third]);
    assert_eq!(stamps("03"), [first]);
    assert_eq!(stamps("20261120T12"), [third]);
    assert_eq!(stamps("20261120T10"), [second, first]);
    assert_eq!(stamps(first), [first]);
    for nothing in ["", "0", "4", "99", "-1", "+1", "2027", "x", "up"] {
        assert!(stamps(nothing).is_empty(), "{nothing}");
    }
}

#[test]
fn a_history_is_found_after_the_state_is_gone() {
    let (_dir, folder) = folder();
    let place = staging(&folder);
    assert!(folder.remembered("staging", None).unwrap().is_empty());
    run(&place, "down", 0);
    let found = |folder: &vidpipe_store::Folder| {
        let found = folder.remembered("staging", None).unwrap();
        found.iter().map(|p| p.pipeline().to_owned()).collect::<Vec<_>>()
    };
    assert!(folder.find("staging", None).unwrap().is_empty());
    assert_eq!(found(&folder), ["streamtech"]);
    let other = folder.environment("streamflix", crate::world::ACCOUNT, crate::world::REGION, "staging").unwrap();
    other.lock("up", now()).unwrap().store().save(&crate::world::state(&other, 1)).unwrap();
    assert_eq!(found(&folder), ["streamflix"], "what is there comes before what was");
    assert_eq!(folder.remembered("staging", Some("streamtech")).unwrap().len(), 1);
    assert!(folder.remembered("prod", None).unwrap().is_empty());
}

#[test]
fn the_last_fifty_runs_are_kept_newest_first() {
    let (_dir, folder) = folder();
    let place = staging(&folder);
    for n in 0..60 {
        // Three runs per second: ordered by creation.
        run(&place, "up", n / 3);
    }
    let runs = place.runs().unwrap();
    assert_eq!(runs.len(), 50);
    assert_eq!(runs[0].at, now() + SignedDuration::from_millis(19_002));
    assert_eq!(runs[49].at, now() + SignedDuration::from_millis(3_001));
}

/// A clock that was wrong for a while, and was then corrected.
#[test]
fn the_newest_run_is_kept_whatever_the_clock_says() {
    let (_dir, folder) = folder();
    let place = staging(&folder);
    for n in 0..60 {
        run(&place, "up", 1_000_000 + n);
    }
    for (n, command) in ["down", "up", "rollback"].into_iter().enumerate() {
        run(&place, command, 0);
        let runs = place.runs().unwrap();
        assert_eq!((runs.len(), &*runs[0].command), (50, command));
        assert_eq!(runs[0].events().unwrap().len(), some().len());
        assert!(runs[..=n].iter().all(|r| r.at > now() + SignedDuration::from_secs(1_000_059)));
        // The event has the actual time.
        assert_eq!(runs[0].events().unwrap()[0].at, now());
    }
    // There is no later stamp than this.
    put(&place.path().join("runs/99991230T220000.999Z-up.jsonl"), b"");
    run(&place, "down", 5);
    assert!(place.runs().unwrap().iter().any(|r| r.command == "down" && r.at == now() + SignedDuration::from_secs(5)));
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
