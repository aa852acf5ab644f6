//! The response of a mutating call arrives malformed after its execution: truncated, empty, or replaced by another
//! server's page. Every resource is created once, and in the same run.

use super::{Subject, Tally, calls::undisturbed, in_one_run};
use vidpipe_engine::Name;
use vidpipe_sandbox::Fault;

/// Every way in which a response is malformed, apart from truncation.
const WAYS: [Fault; 3] = [Fault::Emptied, Fault::Page, Fault::ErrorPage];

/// Corrupts the response of every mutating call for each of these nodes, in the part of the pipeline that the node
/// depends on: it is truncated, and corrupted in `ways` of the other ways.
pub async fn spoilt_answers_each(subject: &Subject, nodes: &[Name], ways: usize) -> Tally {
    let mut tally = Tally::new("answer of every changing call spoilt");
    let mut others = WAYS.into_iter().cycle();
    for node in nodes {
        let subject = subject.around(node);
        let life = undisturbed(&subject).await;
        let calls = life.up.of(node).chain(life.down.of(node)).map(|(_, call)| &call.operation);
        for (nth, operation) in calls.enumerate() {
            for fault in [Fault::Truncated].into_iter().chain(others.by_ref().take(ways)) {
                let harness = subject.harness().await;
                harness.day(subject.striking(node, nth, fault));
                let case = format!("{operation} for {node}, its changing call {nth}, {fault:?}");
                tally.case(&case, in_one_run(&harness, &life.once).await);
            }
        }
    }
    tally
}
