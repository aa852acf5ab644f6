//! How well a run waits: how late it sees what AWS has done, how often it asks, and how long it was said to take.
use crate::World;
use jiff::Timestamp;
use std::collections::BTreeMap;
use tokio::time::Instant;
use vidpipe_aws::Aws;
use vidpipe_engine::{
    Graph, Name,
    event::{Event, Half},
    path::critical,
};
use vidpipe_sandbox::{Fate, Fault, is_look};

/// So many runs of a command are tried before it is given up.
const RUNS: usize = 5;
/// What usually takes at least this long is slow, in seconds.
const SLOW: f64 = 10.0;

/// How well a command waited.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    /// How long it took, in seconds.
    pub seconds: f64,
    /// For each slow task on which the end of the run depended, and of which the sandbox knows when AWS was done: how many
    /// seconds later that was known here. What had time is looked at less often, and not among them.
    pub late: Vec<(Name, f64)>,
    /// Calls in all.
    pub calls: usize,
    /// The most looks within any second.
    pub looks: usize,
    /// Calls that AWS throttled.
    pub throttled: usize,
}

impl Pace {
    /// The mean of how late these slow tasks were, in seconds.
    #[must_use]
    pub fn lateness(&self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "a few dozen tasks")]
        let count = self.late.len().max(1) as f64;
        self.late.iter().map(|(_, late)| late).sum::<f64>() / count
    }
}

/// Let the world come to be like that graph, and see how well it waits.
///
/// # Errors
/// What it did not come to.
pub async fn pace(world: &World, want: &Graph<Aws>) -> Result<Pace, String> {
    let before = ids(world);
    world.take_events();
    drop((world.sandbox().take_calls(), world.sandbox().take_ends()));
    let began = world.now();
    world.until_complete(want, RUNS).await.ok_or("it did not come to its end")?;
    let seconds = began.elapsed().as_secs_f64();
    let (calls, ends, events) = (world.sandbox().take_calls(), world.sandbox().take_ends(), world.take_events());
    let ids = before.into_iter().chain(ids(world)).collect();
    let throttled = calls.iter().filter(|call| matches!(call.fate, Fate::Faulted(Fault::Throttled))).count();
    // The plan is told before any time passes.
    let first = events.first().map(|(at, _)| *at).ok_or("it told nothing")?;
    let at = |at: Timestamp| at.duration_since(first).as_secs_f64();
    let decided = critical(events.iter().map(|(at, event)| (*at, event)));
    let mut late = late(&events, &ends, &ids, began, &at);
    late.retain(|(task, _)| decided.iter().any(|link| *task == (link.node.clone(), link.half)));
    let late = late.into_iter().map(|((node, _), late)| (node, late)).collect();
    Ok(Pace { seconds, late, calls: calls.len(), looks: looks(&events, &at), throttled })
}

type Events = [(Timestamp, Event)];

fn ids(world: &World) -> BTreeMap<Name, String> {
    let state = world.state();
    let known = state.entries.iter().filter_map(|(name, e)| Some((name.clone(), e.phase.id()?.to_string())));
    known.collect()
}

/// Of each slow task, how long after the last thing that AWS ended for it.
fn late(
    events: &Events,
    ends: &[(String, Instant)],
    ids: &BTreeMap<Name, String>,
    began: Instant,
    seconds: &dyn Fn(Timestamp) -> f64,
) -> Vec<((Name, Half), f64)> {
    let mut usual = BTreeMap::<(&Name, Half), f64>::new();
    let mut late = Vec::new();
    for (at, event) in events {
        match event {
            Event::Planned { tasks, .. } => {
                usual.extend(tasks.iter().map(|t| ((&t.node, t.half), t.usual.as_secs_f64())));
            }
            Event::Finished { node, half, .. } if usual.get(&(node, *half)).is_some_and(|s| *s >= SLOW) => {
                let Some(id) = ids.get(node) else { continue };
                // The steps of one thing are numbered.
                let its = |of: &str| of == id || of.strip_prefix(id.as_str()).is_some_and(|rest| rest.starts_with(' '));
                let at = seconds(*at);
                let ended =
                    ends.iter().filter(|(of, _)| its(of)).map(|(_, end)| end.duration_since(began).as_secs_f64());
                // To the millisecond, as the times of events are.
                if let Some(last) = ended.filter(|end| *end <= at + 0.001).reduce(f64::max) {
                    late.push(((node.clone(), *half), (at - last).max(0.0)));
                }
            }
            _ => {}
        }
    }
    late
}

/// The most looks that were sent within any second.
fn looks(events: &Events, seconds: &dyn Fn(Timestamp) -> f64) -> usize {
    let sent = events.iter().filter_map(|(at, event)| match event {
        Event::Called { call, took, .. } if is_look(call.rsplit(' ').next().unwrap_or_default()) => {
            Some(seconds(*at) - took.as_secs_f64())
        }
        _ => None,
    });
    let sent: Vec<f64> = sent.collect();
    let within = |from: f64| sent.iter().filter(|at| (from..from + 1.0).contains(*at)).count();
    sent.iter().map(|from| within(*from)).max().unwrap_or_default()
}
