//! The timeline in a terminal.
use super::runs::{Events, failed, killed, older, swept, up};
use crate::world::{at, middle};
use std::time::Duration;
use vidpipe_engine::event::{Event, Op};
use vidpipe_report::{
    TermStyle,
    text::width,
    timeline::{Difference, Timeline, terminal},
};

fn style(width: usize) -> TermStyle {
    TermStyle { width, ..TermStyle::default() }
}

fn run(events: &Events) -> Timeline {
    Timeline::of(events).unwrap()
}

#[test]
fn a_run_in_80_columns() {
    insta::assert_snapshot!(terminal(&run(&up(0, &[])), None, false, &style(80)));
}

#[test]
fn a_run_in_160_columns_against_an_earlier_one() {
    let now = run(&up(86_400, &[("database", 1.42), ("load-balancer", 0.8)]));
    let against = Difference::of(&now, &run(&up(0, &[])));
    insta::assert_snapshot!(terminal(&now, Some(&against), false, &style(160)));
}

#[test]
fn a_run_with_every_task() {
    insta::assert_snapshot!(terminal(&run(&up(0, &[])), None, true, &style(100)));
}

#[test]
fn a_run_that_failed() {
    insta::assert_snapshot!(terminal(&run(&failed()), None, false, &style(100)));
}

#[test]
fn a_run_that_was_killed() {
    insta::assert_snapshot!(terminal(&run(&killed(200)), None, false, &style(100)));
}

#[test]
fn a_run_of_an_older_vidpipe() {
    insta::assert_snapshot!(terminal(&run(&older()), None, false, &style(100)));
}

#[test]
fn a_removal_with_its_sweep() {
    insta::assert_snapshot!(terminal(&run(&swept()), None, false, &style(80)));
}

/// Most of the tasks are quick; some have arbitrary durations.
fn many(tasks: u64) -> Events {
    let op = Op::Ensure;
    let mut events = up(0, &[])[..1].to_vec();
    for n in 0..tasks {
        let node = vidpipe_engine::Name(format!("a-node-with-a-rather-long-name-日本-{n}"));
        let from = i64::try_from(n * 700).unwrap();
        let ms = if n % 5 == 0 { n * 6_000 } else { 900 + n };
        let (took, waited) = (Duration::from_millis(ms), None);
        events.push((at(from), Event::Started { node: node.clone(), op }));
        events.push((at(from + i64::try_from(ms).unwrap()), Event::Finished { node, op, changed: true, took, waited }));
    }
    events.sort_by_key(|(at, _)| *at);
    events
}

#[test]
fn a_run_of_many_tasks_fits_on_a_screen_or_two() {
    for tasks in [115, 400] {
        let run = run(&many(tasks));
        let lines = |all| terminal(&run, None, all, &style(100)).lines().count();
        assert!(lines(false) < 60, "{tasks}: {} lines", lines(false));
        assert!(lines(true) > usize::try_from(tasks).unwrap());
    }
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let earlier = run(&up(0, &[]));
    for events in [up(0, &[("database", 1.5)]), killed(200), killed(0), older(), swept(), middle(), many(50)] {
        let run = run(&events);
        let against = Difference::of(&run, &earlier);
        for columns in (60..=200).step_by(7) {
            let text = terminal(&run, Some(&against), true, &style(columns));
            let head = text.lines().next().unwrap_or_default().to_owned();
            // The first line and error messages are never truncated.
            let text = text.split("what failed").next().unwrap().replace(&head, "");
            let widest = text.lines().max_by_key(|l| width(l)).unwrap();
            assert!(width(widest) <= columns, "{columns}: {widest}");
        }
    }
}

#[test]
fn colour_changes_no_word() {
    let run = run(&failed());
    let plain = terminal(&run, None, false, &style(100));
    let coloured = terminal(&run, None, false, &TermStyle { colour: true, ..style(100) });
    assert_ne!(plain, coloured);
    let mut stripped = String::new();
    for part in coloured.split('\u{1b}') {
        stripped.push_str(part.split_once('m').filter(|_| part.starts_with('[')).map_or(part, |(_, rest)| rest));
    }
    assert_eq!(stripped, plain);
}
