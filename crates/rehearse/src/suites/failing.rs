//! Every node fails once, with a permanent error: a call for it is refused. Other nodes continue; the second `up`
//! completes; `down` leaves nothing, also directly after the failure.

use super::{Counts, Subject, Tally, calls::undisturbed, finish_down, finish_up};
use std::collections::BTreeMap;
use vidpipe_engine::Name;
use vidpipe_sandbox::Fault;

/// Denies every `every`-th mutating call of `up` once.
pub async fn failing(subject: &Subject, every: usize) -> Tally {
    let mut tally = Tally::new("every node fails once");
    let life = undisturbed(subject).await;
    let mut made = BTreeMap::<&Name, usize>::new();
    for (i, call) in life.up.calls.iter().enumerate() {
        let nth = made.entry(&call.node).or_default();
        if i % every == 0 {
            both(subject, &life.once, &call.node, *nth, &mut tally).await;
        }
        *nth += 1;
    }
    tally
}

/// Denies every mutating call for each of these nodes once, in the part of the pipeline that the node depends on.
pub async fn failing_each(subject: &Subject, nodes: &[Name]) -> Tally {
    let mut tally = Tally::new("every changing call denied once");
    for node in nodes {
        let subject = subject.around(node);
        let life = undisturbed(&subject).await;
        for nth in 0..life.up.of(node).count() {
            both(&subject, &life.once, node, nth, &mut tally).await;
        }
    }
    tally
}

/// Denies one call, then runs `up` again, or `down`.
async fn both(subject: &Subject, once: &Counts, node: &Name, nth: usize, tally: &mut Tally) {
    for given_up in [false, true] {
        let harness = subject.harness().await;
        harness.day(subject.striking(node, nth, Fault::Denied));
        let first = harness.up().await;
        let mut wrong = Vec::new();
        if first.summary().is_none_or(|summary| summary.failed != 1) {
            wrong.push(format!("more or less than one task failed: {first:?}"));
        }
        if !given_up {
            wrong.extend(finish_up(&harness, once).await);
        }
        wrong.extend(finish_down(&harness).await);
        let then = if given_up { "down" } else { "up" };
        tally.case(&format!("{node}: changing call {nth} denied, then {then}"), wrong);
    }
}
