//! The credentials run out in the middle: the run ends with one failure that says so, blames no node, and the next run
//! goes on.

use super::{Counts, Subject, Tally, calls::undisturbed, finish_down, finish_up};
use crate::World;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use vidpipe_engine::{Entry, Graph, Name, Phase, State, called_for};
use vidpipe_sandbox::Fault;

/// From some call on, every call is told that the credentials have run out; from every so many-th, one at a time.
pub async fn expired(subject: &Subject, every: usize) -> Tally {
    let mut tally = Tally::new("the credentials run out");
    let world = subject.world().await;
    world.up().await;
    let (once, up) = (world.made(), world.sandbox().take_calls().len());
    world.down().await;
    let down = world.sandbox().take_calls().len();
    for (going_down, calls) in [(false, up), (true, down)] {
        for nth in (0..calls as u64).step_by(every) {
            let world = before(subject, going_down).await;
            let from = world.sandbox().calls() + nth;
            world.day(subject.day.clone().with_weather(move |asked| (asked.number >= from).then_some(Fault::Expired)));
            let wrong = ends(subject, &world, going_down, &once).await;
            tally.case(&format!("{} from call {nth} on", way(going_down)), wrong);
        }
    }
    tally
}

/// From the first call for each of these nodes on, in the part of the pipeline that the node stands on.
pub async fn expired_each(subject: &Subject, nodes: &[Name]) -> Tally {
    let mut tally = Tally::new("the credentials run out at every node");
    for node in nodes {
        let subject = subject.around(node);
        let life = undisturbed(&subject).await;
        // A setting that goes with its owner is removed without a call.
        let called = life.down.of(node).next().is_some();
        for going_down in [Some(false), called.then_some(true)].into_iter().flatten() {
            let world = before(&subject, going_down).await;
            let (its, over) = (node.clone(), AtomicBool::new(false));
            world.day(subject.day.clone().with_weather(move |_| {
                let begins = called_for().as_ref() == Some(&its);
                (over.fetch_or(begins, Relaxed) || begins).then_some(Fault::Expired)
            }));
            let wrong = ends(&subject, &world, going_down, &life.once).await;
            tally.case(&format!("{node}: {}", way(going_down)), wrong);
        }
    }
    tally
}

fn way(going_down: bool) -> &'static str {
    if going_down { "down" } else { "up" }
}

async fn before(subject: &Subject, going_down: bool) -> World {
    let world = subject.world().await;
    if going_down {
        world.up().await;
    }
    world
}

/// What is wrong with a run that the credentials do not outlast, and with what comes after it.
async fn ends(subject: &Subject, world: &World, going_down: bool, once: &Counts) -> Vec<String> {
    let want = if going_down { Graph::default() } else { world.graph() };
    let ended = world.run(&want, None).await;
    let mut wrong = Vec::new();
    if ended.summary().is_none_or(|summary| summary.failed == 0 || !summary.stopped) {
        wrong.push(format!("the run did not end for it: {ended:?}"));
    }
    wrong.extend(blamed(&world.state()));
    world.day(subject.day.clone());
    if !going_down {
        wrong.extend(finish_up(world, once).await);
    }
    wrong.extend(finish_down(world).await);
    wrong
}

/// Nodes that are said to have trouble, other than that they were not begun.
fn blamed(state: &State) -> Vec<String> {
    let begun = |entry: &Entry| !matches!(entry.phase, Phase::Creating { refused: true, .. });
    let entries = state.entries.iter().filter(|(_, entry)| begun(entry));
    entries
        .filter_map(|(name, entry)| Some(format!("{name} is blamed: {}", entry.trouble.as_ref()?.fault.message)))
        .collect()
}
