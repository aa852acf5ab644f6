//! A run for programs: one object. Times are in milliseconds since the start of the run, durations in milliseconds.
use super::{Activity, Calls, Difference, End, Outcome, Row, Segment, Timeline};
use crate::SCHEMA;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::time::Duration;
use vidpipe_engine::event::Halt;

/// The run, and its difference from an earlier run, as one object.
pub fn json(run: &Timeline, against: Option<&Difference>) -> Value {
    let step = |l: &vidpipe_engine::path::Link| {
        json!({
            "node": l.node, "op": l.op, "from": ms(run.since(l.from)), "to": ms(run.since(l.to)), "ms": ms(l.took()),
        })
    };
    let sweep = run.sweep.as_ref();
    json!({
        "schema": SCHEMA, "command": run.command, "pipeline": run.pipeline, "suffix": run.suffix, "region": run.region,
        "emulated": run.emulated, "began": run.began, "ended": run.ended, "ms": ms(run.took()), "end": end(run.end),
        "kept": run.kept, "forecast": run.forecast,
        "tasks": run.rows.iter().map(|r| row(run, r)).collect::<Vec<_>>(),
        "critical_path": run.ordered.then(|| run.path.iter().map(step).collect::<Vec<_>>()),
        "calls": run.calls().iter().map(calls).collect::<Vec<_>>(),
        "queues": run.queues().iter().map(|q| {
            json!({ "budget": q.budget, "times": q.times, "ms": ms(q.took), "longest_ms": ms(q.longest) })
        }).collect::<Vec<_>>(),
        "retries": run.retries().iter().map(|r| {
            json!({
                "code": r.code, "throttle": r.is_throttle(), "message": r.message, "nodes": r.nodes, "times": r.times,
                "ms": ms(r.took),
            })
        }).collect::<Vec<_>>(),
        "sweep": sweep.map(|s| {
            json!({ "from": ms(run.since(s.from)), "to": ms(run.since(s.to)), "outcome": s.outcome })
        }),
        "against": against.map(difference),
    })
}

/// The end of a run, in one word.
pub(super) const fn end(end: End) -> &'static str {
    match end {
        End::Complete => "complete",
        End::Failed => "failed",
        End::Stopped(Halt::Asked) => "stopped",
        End::Stopped(Halt::Deadline) => "deadline",
        End::Killed => "killed",
    }
}

fn ms(d: Duration) -> u64 {
    u64::try_from(d.as_millis()).unwrap_or(u64::MAX)
}

fn row(run: &Timeline, row: &Row) -> Value {
    let at = |t: Option<Timestamp>| t.map(|t| ms(run.since(t)));
    let some = |d: Duration| (!d.is_zero()).then(|| ms(d));
    let mut value = json!({
        "node": row.node, "op": row.op, "kind": row.kind, "action": row.action, "outcome": row.outcome.word(),
        "from": at(row.from), "known": at(row.known), "to": at(row.to), "ms": row.from.map(|_| ms(row.took())),
        "usual_ms": some(row.usual), "late_ms": some(row.late), "provider_ms": row.provider.map(ms),
        "on_critical_path": row.on_path,
        "segments": row.segments.iter().map(|s| segment(run, s)).collect::<Vec<_>>(),
        "calls": row.calls.iter().map(calls).collect::<Vec<_>>(),
    });
    let more = match &row.outcome {
        Outcome::Failed(fault) => json!({ "error": fault }),
        Outcome::Skipped { because } => json!({ "because": because }),
        Outcome::Done { .. } | Outcome::CutShort | Outcome::NotBegun => Value::Object(Map::new()),
    };
    if let (Some(all), Value::Object(more)) = (value.as_object_mut(), more) {
        all.extend(more);
    }
    value
}

fn segment(run: &Timeline, segment: &Segment) -> Value {
    let (doing, what) = match &segment.doing {
        Activity::Working => ("working", Value::Null),
        Activity::Calling { call } => ("calling", json!(call)),
        Activity::Waiting { why } => ("waiting", json!(why)),
        Activity::Queued { budget } => ("queued", json!(budget)),
        Activity::Pausing { code, message } => ("pausing", json!({ "code": code, "message": message })),
    };
    json!({ "from": ms(run.since(segment.from)), "to": ms(run.since(segment.to)), "doing": doing, "what": what })
}

fn calls(calls: &Calls) -> Value {
    json!({ "call": calls.call, "times": calls.times, "ms": ms(calls.took), "longest_ms": ms(calls.longest) })
}

fn difference(d: &Difference) -> Value {
    let change = |c: &super::Change| {
        json!({
            "node": c.node, "op": c.op, "kind": c.kind, "ms": ms(c.took), "before_ms": ms(c.before),
            "on_critical_path": c.on_path,
        })
    };
    json!({
        "began": d.began, "before_ms": ms(d.before), "common": d.common, "only_now": d.only_now,
        "only_before": d.only_before, "changes": d.changes.iter().map(change).collect::<Vec<_>>(),
    })
}
