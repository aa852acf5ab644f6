//! A mutating call returns an error without an AWS error code, as from a proxy or a firewall; AWS may or may not have
//! executed the call. Every resource is created once and deleted once, each in one run.

use super::{Subject, Tally, calls::undisturbed, in_one_run};
use vidpipe_engine::Name;
use vidpipe_sandbox::{Codeless, Fault};

/// The statuses closest to AWS's own refusals: forbidden and not found, with and without a body.
const WAYS: [(u16, bool); 4] = [(403, true), (404, false), (403, false), (404, true)];

/// Injects such errors into every mutating call for each of these nodes, in the part of the pipeline that the node
/// depends on: two of the variants per call, one after execution and one instead of it. The next call uses the other
/// two.
pub async fn codeless_each(subject: &Subject, nodes: &[Name]) -> Tally {
    let mut tally = Tally::new("an error that is none of AWS's");
    let mut ways = WAYS.into_iter().cycle();
    for node in nodes {
        let subject = subject.around(node);
        let life = undisturbed(&subject).await;
        let calls = life.up.of(node).chain(life.down.of(node)).map(|(_, call)| &call.operation);
        for (nth, operation) in calls.enumerate() {
            for ((status, page), done) in ways.by_ref().zip([false, true]) {
                let fault = Codeless { status, page, done };
                let harness = subject.harness().await;
                harness.day(subject.striking(node, nth, Fault::Codeless(fault)));
                let case = format!("{operation} for {node}, its changing call {nth}, {fault:?}");
                tally.case(&case, in_one_run(&harness, &life.once).await);
            }
        }
    }
    tally
}
