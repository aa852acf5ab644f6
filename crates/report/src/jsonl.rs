//! Events for programs: one JSON object per line.
use crate::{Tick, text::json};
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

/// Writes each event immediately, as one JSON object with its timestamp. The first line is `{"schema":1}`. Single calls
/// are only in the history: there are hundreds, and programs do not need them.
///
/// If the reader closes the stream, the run continues and nothing more is written.
pub struct JsonLines {
    out: Option<Box<dyn Write>>,
}

impl JsonLines {
    /// Writes events to `out`; writes the first line immediately.
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
    let mut text = json(&serde_json::to_string(line)?);
    text.push('\n');
    out.write_all(text.as_bytes())?;
    out.flush()
}

impl Report for JsonLines {
    fn on(&mut self, at: Timestamp, event: &Event) {
        if matches!(event, Event::Called { .. } | Event::ReadQueued { .. }) {
            return;
        }
        self.write(&Line { at, event });
    }
}

impl Tick for JsonLines {
    /// Does nothing: each event has a timestamp.
    fn tick(&mut self, _now: Timestamp) {}
}
