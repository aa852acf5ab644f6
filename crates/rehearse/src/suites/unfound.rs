//! AWS reports once that an existing resource does not exist, as a server with stale data does: vidpipe does not forget
//! it, and one run removes everything.

use super::{Subject, Tally, calls::undisturbed};
use vidpipe_engine::Name;
use vidpipe_sandbox::Fault;

/// Injects this fault into every mutating call of `down` for each of these nodes, in the part of the pipeline that the
/// node depends on.
pub async fn unfound_each(subject: &Subject, nodes: &[Name]) -> Tally {
    let mut tally = Tally::new("not found, though it is there");
    for node in nodes {
        let subject = subject.around(node);
        let life = undisturbed(&subject).await;
        for (nth, (_, call)) in life.down.of(node).enumerate() {
            let harness = subject.harness().await;
            let mut wrong = Vec::new();
            if !harness.up().await.is_complete() {
                wrong.push("`up` was not complete".into());
            }
            harness.day(subject.striking(node, nth, Fault::Unfound));
            let ended = harness.down().await;
            if !ended.is_complete() {
                wrong.push(format!("`down` came to {ended:?}"));
            }
            wrong.extend(harness.leftovers());
            tally.case(&format!("{} for {node}", call.operation), wrong);
        }
    }
    tally
}
