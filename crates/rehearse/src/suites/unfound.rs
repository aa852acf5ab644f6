//! AWS says once that a thing is not there which is there, as a server does that has not heard of it: nothing of it is
//! forgotten, and one run removes everything all the same.

use super::{Subject, Tally, calls::undisturbed};
use vidpipe_engine::Name;
use vidpipe_sandbox::Fault;

/// Says it of every changing call of `down` for each of these nodes, in the part of the pipeline that the node stands on.
pub async fn unfound_each(subject: &Subject, nodes: &[Name]) -> Tally {
    let mut tally = Tally::new("not found, though it is there");
    for node in nodes {
        let subject = subject.around(node);
        let life = undisturbed(&subject).await;
        for (nth, (_, call)) in life.down.of(node).enumerate() {
            let world = subject.world().await;
            let mut wrong = Vec::new();
            if !world.up().await.is_complete() {
                wrong.push("`up` was not complete".into());
            }
            world.day(subject.striking(node, nth, Fault::Unfound));
            let ended = world.down().await;
            if !ended.is_complete() {
                wrong.push(format!("`down` came to {ended:?}"));
            }
            wrong.extend(world.leftovers());
            tally.case(&format!("{} for {node}", call.operation), wrong);
        }
    }
    tally
}
