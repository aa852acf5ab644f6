//! The answer to a call that makes or changes something arrives spoilt after the work was done: half a body, none, or
//! somebody else's page. Made once, and in the same run.

use super::{Subject, Tally, calls::undisturbed, in_one_run};
use vidpipe_engine::Name;
use vidpipe_sandbox::Fault;

/// Every way an answer can be spoilt, beside being cut.
const WAYS: [Fault; 3] = [Fault::Emptied, Fault::Page, Fault::ErrorPage];

/// Spoils the answer of every changing call for each of these nodes, in the part of the pipeline that the node stands on: it
/// is cut, and spoilt in so many of the other ways.
pub async fn spoilt_answers_each(subject: &Subject, nodes: &[Name], ways: usize) -> Tally {
    let mut tally = Tally::new("answer of every changing call spoilt");
    let mut others = WAYS.into_iter().cycle();
    for node in nodes {
        let subject = subject.around(node);
        let life = undisturbed(&subject).await;
        let calls = life.up.of(node).chain(life.down.of(node)).map(|(_, call)| &call.operation);
        for (nth, operation) in calls.enumerate() {
            for fault in [Fault::Truncated].into_iter().chain(others.by_ref().take(ways)) {
                let world = subject.world().await;
                world.day(subject.striking(node, nth, fault));
                let case = format!("{operation} for {node}, its changing call {nth}, {fault:?}");
                tally.case(&case, in_one_run(&world, &life.once).await);
            }
        }
    }
    tally
}
