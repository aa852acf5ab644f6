//! The list of an environment's runs.
use super::{End, Timeline};
use crate::{
    SCHEMA, TermStyle, Tone,
    text::{between, clean, columns, duration},
};
use jiff::Timestamp;
use serde_json::{Value, json};

/// A run in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// Its identifier: the timestamp in its file's name.
    pub stamp: String,
    /// Its start time.
    pub at: Timestamp,
    /// Its command, such as `up`.
    pub command: String,
    /// The timeline, or the reason that it cannot be read.
    pub timeline: Result<Timeline, String>,
}

impl Listed {
    fn outcome(&self) -> String {
        match &self.timeline {
            Err(why) => clean(why),
            Ok(run) => match run.end {
                End::Complete => run.counts(),
                End::Failed => format!("FAILED: {}", run.counts()),
                End::Stopped(_) => format!("stopped: {}", run.counts()),
                End::Killed => format!("not ended: {}", run.counts()),
            },
        }
    }

    fn took(&self) -> String {
        self.timeline.as_ref().map_or_else(|_| "-".into(), |run| duration(run.took()))
    }
}

/// The runs for people, newest first. `timeline` accepts the numbers shown.
pub fn list_human(runs: &[Listed], now: Timestamp, style: &TermStyle) -> String {
    if runs.is_empty() {
        return "no runs\n".into();
    }
    let head = ["NR", "RUN", "COMMAND", "AGO", "TOOK", "OUTCOME"].map(String::from);
    let row = |(n, run): (usize, &Listed)| {
        let ago = duration(between(run.at, now));
        [(n + 1).to_string(), clean(&run.stamp), clean(&run.command), ago, run.took(), run.outcome()]
    };
    let table: Vec<_> = std::iter::once(head).chain(runs.iter().enumerate().map(row)).collect();
    let mut text = String::new();
    for (n, line) in columns(&table).iter().enumerate() {
        let line = match n.checked_sub(1).and_then(|n| runs.get(n)).map(|r| &r.timeline) {
            _ if n == 0 => style.paint(Tone::Strong, line),
            Some(Ok(run)) if run.end == End::Complete => line.clone(),
            Some(Ok(run)) if run.end != End::Failed => style.paint(Tone::Warn, line),
            _ => style.paint(Tone::Bad, line),
        };
        text.push_str(&(line + "\n"));
    }
    text
}

/// The runs for programs: one object, newest first.
pub fn list_json(runs: &[Listed]) -> Value {
    let run = |run: &Listed| {
        let mut value = json!({ "run": clean(&run.stamp), "command": clean(&run.command), "at": run.at });
        let more = match &run.timeline {
            Ok(timeline) => json!({
                "ms": u64::try_from(timeline.took().as_millis()).unwrap_or(u64::MAX), "end": super::json::end(timeline.end),
                "outcome": timeline.counts(),
            }),
            Err(why) => json!({ "problem": clean(why) }),
        };
        if let (Some(all), Value::Object(more)) = (value.as_object_mut(), more) {
            all.extend(more);
        }
        value
    };
    json!({ "schema": SCHEMA, "runs": runs.iter().map(run).collect::<Vec<_>>() })
}
