//! The response of a mutating call is lost after its execution, one call at a time: with the SDK's own retries off, as
//! in vidpipe, and on, to show that nothing depends on them.

use super::{Subject, Tally, calls::undisturbed, finish_down, finish_up};
use std::{
    collections::BTreeMap,
    sync::Arc,
    sync::atomic::{AtomicU64, Ordering},
};
use vidpipe_engine::Name;
use vidpipe_sandbox::{Fault, is_read};

/// Every way in which a response is lost.
const LOSSES: [Fault; 4] = [Fault::ResetAfter, Fault::InternalAfter, Fault::Late, Fault::Truncated];

/// Loses the response of each mutating operation of a life cycle, for its first call and its last.
pub async fn lost_answers(subject: &Subject, sdk_retries: bool) -> Tally {
    let mut tally =
        Tally::new(if sdk_retries { "answer lost, SDK retries on" } else { "answer lost, SDK retries off" });
    let once = undisturbed(subject).await.once;
    let operations = operations(subject).await;
    let calls = operations.iter().flat_map(|(operation, calls)| {
        let last = (*calls > 1).then_some(calls - 1);
        [Some(0), last].into_iter().flatten().map(move |nth| (operation, nth))
    });
    for ((operation, nth), fault) in calls.zip(LOSSES.into_iter().cycle()) {
        let harness = subject.world_with(sdk_retries).await;
        let (seen, name) = (Arc::new(AtomicU64::new(0)), operation.clone());
        harness.day(subject.day.clone().with_weather(move |asked| {
            (asked.operation == name && seen.fetch_add(1, Ordering::Relaxed) == nth).then_some(fault)
        }));
        let mut wrong = finish_up(&harness, &once).await;
        wrong.extend(finish_down(&harness).await);
        // With the SDK's retries, a repeated call may create a second resource before the engine learns of the first.
        tally.case(&format!("{operation} number {nth} {fault:?}"), wrong);
    }
    tally
}

/// Loses the response of every mutating call for each of these nodes, in the part of the pipeline that the node depends
/// on.
pub async fn lost_answers_each(subject: &Subject, nodes: &[Name], sdk_retries: bool) -> Tally {
    let mut tally = Tally::new(if sdk_retries {
        "answer of every changing call lost, SDK retries on"
    } else {
        "answer of every changing call lost, SDK retries off"
    });
    let mut losses = LOSSES.into_iter().cycle();
    for node in nodes {
        let subject = subject.around(node);
        let life = undisturbed(&subject).await;
        let calls = life.up.of(node).chain(life.down.of(node)).map(|(_, call)| &call.operation);
        for ((nth, operation), fault) in calls.enumerate().zip(&mut losses) {
            let harness = subject.world_with(sdk_retries).await;
            harness.day(subject.striking(node, nth, fault));
            let mut wrong = finish_up(&harness, &life.once).await;
            wrong.extend(finish_down(&harness).await);
            tally.case(&format!("{operation} for {node}, its changing call {nth}, {fault:?}"), wrong);
        }
    }
    tally
}

/// Number of calls per mutating operation in a life cycle.
async fn operations(subject: &Subject) -> BTreeMap<String, u64> {
    let harness = subject.harness().await;
    harness.up().await;
    harness.down().await;
    let mut operations = BTreeMap::new();
    for call in harness.sandbox().take_calls().into_iter().filter(|call| !is_read(&call.operation)) {
        *operations.entry(call.operation).or_default() += 1;
    }
    operations
}
