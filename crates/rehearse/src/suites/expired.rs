//! The credentials expire during a run: the run ends with one failure that reports it, no node is marked as failed, and
//! the next run continues.

use super::{Counts, Subject, Tally, calls::undisturbed, finish_down, finish_up};
use crate::Harness;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use vidpipe_engine::{Entry, Graph, Name, Phase, State, called_for};
use vidpipe_sandbox::Fault;

/// From some call on, every call fails with expired credentials; starts at each `every`-th call, one case each.
pub async fn expired(subject: &Subject, every: usize) -> Tally {
    let mut tally = Tally::new("the credentials run out");
    let harness = subject.harness().await;
    harness.up().await;
    let (once, up) = (harness.made(), harness.sandbox().take_calls().len());
    harness.down().await;
    let down = harness.sandbox().take_calls().len();
    for (going_down, calls) in [(false, up), (true, down)] {
        for nth in (0..calls as u64).step_by(every) {
            let harness = before(subject, going_down).await;
            let from = harness.sandbox().calls() + nth;
            harness
                .day(subject.day.clone().with_weather(move |asked| (asked.number >= from).then_some(Fault::Expired)));
            let wrong = ends(subject, &harness, going_down, &once).await;
            tally.case(&format!("{} from call {nth} on", way(going_down)), wrong);
        }
    }
    tally
}

/// Expires the credentials at the first call for each of these nodes, in the part of the pipeline that the node depends
/// on.
pub async fn expired_each(subject: &Subject, nodes: &[Name]) -> Tally {
    let mut tally = Tally::new("the credentials run out at every node");
    for node in nodes {
        let subject = subject.around(node);
        let life = undisturbed(&subject).await;
        // A setting that is deleted with its owner is removed without a call.
        let called = life.down.of(node).next().is_some();
        for going_down in [Some(false), called.then_some(true)].into_iter().flatten() {
            let harness = before(&subject, going_down).await;
            let (its, over) = (node.clone(), AtomicBool::new(false));
            harness.day(subject.day.clone().with_weather(move |_| {
                let begins = called_for().as_ref() == Some(&its);
                (over.fetch_or(begins, Relaxed) || begins).then_some(Fault::Expired)
            }));
            let wrong = ends(&subject, &harness, going_down, &life.once).await;
            tally.case(&format!("{node}: {}", way(going_down)), wrong);
        }
    }
    tally
}

fn way(going_down: bool) -> &'static str {
    if going_down { "down" } else { "up" }
}

async fn before(subject: &Subject, going_down: bool) -> Harness {
    let harness = subject.harness().await;
    if going_down {
        harness.up().await;
    }
    harness
}

/// The violations of a run whose credentials expire, and of the runs after it.
async fn ends(subject: &Subject, harness: &Harness, going_down: bool, once: &Counts) -> Vec<String> {
    let want = if going_down { Graph::default() } else { harness.graph() };
    let ended = harness.run(&want, None).await;
    let mut wrong = Vec::new();
    if ended.summary().is_none_or(|summary| summary.failed == 0 || !summary.stopped) {
        wrong.push(format!("the run did not end for it: {ended:?}"));
    }
    wrong.extend(blamed(&harness.state()));
    harness.day(subject.day.clone());
    if !going_down {
        wrong.extend(finish_up(harness, once).await);
    }
    wrong.extend(finish_down(harness).await);
    wrong
}

/// Nodes with recorded trouble, except those that were not started.
fn blamed(state: &State) -> Vec<String> {
    let begun = |entry: &Entry| !matches!(entry.phase, Phase::Creating { refused: true, .. });
    let entries = state.entries.iter().filter(|(_, entry)| begun(entry));
    entries
        .filter_map(|(name, entry)| Some(format!("{name} is blamed: {}", entry.trouble.as_ref()?.fault.message)))
        .collect()
}
