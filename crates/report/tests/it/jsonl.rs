//! Events for programs.
use crate::world::{Page, end, middle, tell};
use jiff::Timestamp;
use serde_json::Value;
use vidpipe_engine::event::Event;
use vidpipe_report::JsonLines;

#[test]
fn every_event_but_single_calls_is_one_line_and_reads_back() {
    let page = Page::new();
    let mut lines = JsonLines::new(Box::new(page.clone()));
    let events = [middle(), end()].concat();
    tell(&mut lines, &events);
    let text = page.text();
    let mut read = text.lines();
    assert_eq!(read.next(), Some("{\"schema\":1}"));
    for (at, event) in events.iter().filter(|(_, event)| !matches!(event, Event::Called { .. })) {
        let value: Value = serde_json::from_str(read.next().unwrap()).unwrap();
        assert_eq!(value["at"].as_str().unwrap().parse::<Timestamp>().unwrap(), *at);
        assert_eq!(serde_json::from_value::<Event>(value).unwrap(), *event);
    }
    assert_eq!(read.next(), None);
    insta::assert_snapshot!(text);
}

#[test]
fn a_reader_that_goes_away_does_not_stop_the_run() {
    let page = Page::with_room(500);
    let mut lines = JsonLines::new(Box::new(page.clone()));
    tell(&mut lines, &middle());
    assert!(page.text().lines().all(|l| serde_json::from_str::<Value>(l).is_ok()));
}
