//! The answer to a call that makes or changes something is an error that is none of AWS's: of a proxy, or a firewall. The work
//! was done, or it was not. Made once, removed once, and each in one run.

use super::{Subject, Tally, calls::undisturbed, in_one_run};
use vidpipe_engine::Name;
use vidpipe_sandbox::{Codeless, Fault};

/// What AWS's own refusals look most like: not allowed, and not there; with a body and without.
const WAYS: [(u16, bool); 4] = [(403, true), (404, false), (403, false), (404, true)];

/// Answers so to every changing call for each of these nodes, in the part of the pipeline that the node stands on: in two of
/// the ways, one after the work and one in place of it. The next call goes on with the other two.
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
                let world = subject.world().await;
                world.day(subject.striking(node, nth, Fault::Codeless(fault)));
                let case = format!("{operation} for {node}, its changing call {nth}, {fault:?}");
                tally.case(&case, in_one_run(&world, &life.once).await);
            }
        }
    }
    tally
}
