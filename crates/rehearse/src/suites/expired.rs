//! The credentials run out in the middle: the run ends with one failure that says so, blames no node, and the next run
//! goes on.

use super::{Subject, Tally, finish_down, finish_up};
use vidpipe_engine::{Entry, Graph, Phase, State};
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
        for nth in (0..calls).step_by(every) {
            let world = subject.world().await;
            if going_down {
                world.up().await;
            }
            let from = world.sandbox().calls() + nth as u64;
            world.day(subject.day.clone().with_weather(move |asked| (asked.number >= from).then_some(Fault::Expired)));
            let want = if going_down { Graph::default() } else { world.graph() };
            let ended = world.run(&want, None).await;
            let mut wrong = Vec::new();
            if ended.summary().is_none_or(|summary| summary.failed == 0 || !summary.stopped) {
                wrong.push(format!("the run did not end for it: {ended:?}"));
            }
            wrong.extend(blamed(&world.state()));
            world.day(subject.day.clone());
            if !going_down {
                wrong.extend(finish_up(&world, &once).await);
            }
            wrong.extend(finish_down(&world).await);
            tally.case(&format!("{} from call {nth} on", if going_down { "down" } else { "up" }), wrong);
        }
    }
    tally
}

/// Nodes that are said to have trouble, other than that they were not begun.
fn blamed(state: &State) -> Vec<String> {
    let begun = |entry: &Entry| !matches!(entry.phase, Phase::Creating { refused: true, .. });
    let entries = state.entries.iter().filter(|(_, entry)| begun(entry));
    entries.filter_map(|(name, entry)| Some(format!("{name} is blamed: {}", entry.trouble.as_ref()?.why))).collect()
}
