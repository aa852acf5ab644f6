//! Events for programs: one JSON object a line.
use crate::Tick;
use jiff::Timestamp;
use serde::Serialize;
use std::io::{self, Write};
use vidpipe_engine::event::{Event, Report, SCHEMA};

#[derive(Serialize)]
struct Line<'a> {
    at: Timestamp,
    #[serde(flatten)]
    event: &'a Event,
}

/// Writes each event as one JSON object with its time, at once. The first line is `{"schema":1}`. Single calls are left to
/// the history: there are hundreds, and no program waits for one.
///
/// A reader that goes away does not stop the run: nothing more is written then.
pub struct JsonLines {
    out: Option<Box<dyn Write>>,
}

impl JsonLines {
    /// Events to that writer; the first line is written now.
    pub fn new(out: Box<dyn Write>) -> Self {
        let mut lines = Self { out: Some(out) };
        lines.write(&serde_json::json!({ "schema": SCHEMA }));
        lines
    }

    fn write(&mut self, line: &impl Serialize) {
        let Some(out) = &mut self.out else { return };
        if put(out, line).is_err() {
            self.out = None;
        }
    }
}

fn put(out: &mut dyn Write, line: &impl Serialize) -> io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    out.write_all(&text)?;
    out.flush()
}

impl Report for JsonLines {
    fn on(&mut self, at: Timestamp, event: &Event) {
        if matches!(event, Event::Called { .. } | Event::InLine { .. }) {
            return;
        }
        self.write(&Line { at, event });
    }
}

impl Tick for JsonLines {
    /// Time is in the events.
    fn tick(&mut self, _now: Timestamp) {}
}
