//! Measures how well a run waits: how late it detects what AWS completed, how often it polls, and how long it takes.
use crate::Harness;
use jiff::Timestamp;
use std::collections::BTreeMap;
use tokio::time::Instant;
use vidpipe_aws::Aws;
use vidpipe_engine::{
    Graph, Name,
    event::{Event, Op},
    path::critical,
};
use vidpipe_sandbox::{Fate, Fault};

/// Maximum number of runs of a command.
const RUNS: usize = 5;
/// A task that usually takes at least this many seconds is slow.
const SLOW: f64 = 10.0;

/// The waiting behaviour of a command.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    /// Duration in seconds.
    pub seconds: f64,
    /// For each slow task on the critical path whose end the sandbox knows: the seconds until the run detected that
    /// end. Tasks with slack are polled less often and are excluded.
    pub late: Vec<(Name, f64)>,
    /// Number of calls.
    pub calls: usize,
    /// Maximum number of reads within any second.
    pub reads: usize,
    /// Number of calls that AWS throttled.
    pub throttled: usize,
}

impl Pace {
    /// The mean delay in detecting the end of these slow tasks, in seconds.
    #[must_use]
    pub fn lateness(&self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "a few dozen tasks")]
        let count = self.late.len().max(1) as f64;
        self.late.iter().map(|(_, late)| late).sum::<f64>() / count
    }
}

/// Runs towards that graph, and measures how well the runs wait.
///
/// # Errors
/// If the runs do not complete, or report nothing.
pub async fn pace(harness: &Harness, want: &Graph<Aws>) -> Result<Pace, String> {
    let before = ids(harness);
    harness.take_events();
    drop((harness.sandbox().take_calls(), harness.sandbox().take_ends()));
    let began = harness.now();
    harness.until_complete(want, RUNS).await.ok_or("it did not come to its end")?;
    let seconds = began.elapsed().as_secs_f64();
    let (calls, ends, events) = (harness.sandbox().take_calls(), harness.sandbox().take_ends(), harness.take_events());
    let ids = before.into_iter().chain(ids(harness)).collect();
    let throttled = calls.iter().filter(|call| matches!(call.fate, Fate::Faulted(Fault::Throttled))).count();
    // The plan is reported before any time passes.
    let first = events.first().map(|(at, _)| *at).ok_or("it told nothing")?;
    let at = |at: Timestamp| at.duration_since(first).as_secs_f64();
    let decided = critical(events.iter().map(|(at, event)| (*at, event)));
    let mut late = late(&events, &ends, &ids, began, &at);
    late.retain(|(task, _)| decided.iter().any(|link| *task == (link.node.clone(), link.op)));
    let late = late.into_iter().map(|((node, _), late)| (node, late)).collect();
    Ok(Pace { seconds, late, calls: calls.len(), reads: peak_reads(&events, &at), throttled })
}

type Events = [(Timestamp, Event)];

fn ids(harness: &Harness) -> BTreeMap<Name, String> {
    let state = harness.state();
    let known = state.entries.iter().filter_map(|(name, e)| Some((name.clone(), e.phase.id()?.to_string())));
    known.collect()
}

/// For each slow task, the time since AWS completed its last step.
fn late(
    events: &Events,
    ends: &[(String, Instant)],
    ids: &BTreeMap<Name, String>,
    began: Instant,
    seconds: &dyn Fn(Timestamp) -> f64,
) -> Vec<((Name, Op), f64)> {
    let mut usual = BTreeMap::<(&Name, Op), f64>::new();
    let mut late = Vec::new();
    for (at, event) in events {
        match event {
            Event::Planned { tasks, .. } => {
                usual.extend(tasks.iter().map(|t| ((&t.node, t.op), t.usual.as_secs_f64())));
            }
            Event::Finished { node, op, .. } if usual.get(&(node, *op)).is_some_and(|s| *s >= SLOW) => {
                let Some(id) = ids.get(node) else { continue };
                // The steps of one resource are numbered.
                let its = |of: &str| of == id || of.strip_prefix(id.as_str()).is_some_and(|rest| rest.starts_with(' '));
                let at = seconds(*at);
                let ended =
                    ends.iter().filter(|(of, _)| its(of)).map(|(_, end)| end.duration_since(began).as_secs_f64());
                // With a tolerance of a millisecond, the resolution of event times.
                if let Some(last) = ended.filter(|end| *end <= at + 0.001).reduce(f64::max) {
                    late.push(((node.clone(), *op), (at - last).max(0.0)));
                }
            }
            _ => {}
        }
    }
    late
}

/// The maximum number of reads sent within any second.
fn peak_reads(events: &Events, seconds: &dyn Fn(Timestamp) -> f64) -> usize {
    let sent = events.iter().filter_map(|(at, event)| match event {
        Event::Called { reads: true, took, .. } => Some(seconds(*at) - took.as_secs_f64()),
        _ => None,
    });
    let sent: Vec<f64> = sent.collect();
    let within = |from: f64| sent.iter().filter(|at| (from..from + 1.0).contains(*at)).count();
    sent.iter().map(|from| within(*from)).max().unwrap_or_default()
}
