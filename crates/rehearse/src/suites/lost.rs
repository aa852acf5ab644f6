//! The answer to a call that changes something is lost after the work was done, one call at a time, with the SDK's own
//! retries off as vidpipe has them, and on to see that nothing depends on it.

use super::{Subject, Tally, calls::undisturbed, finish_down, finish_up};
use std::{
    collections::BTreeMap,
    sync::Arc,
    sync::atomic::{AtomicU64, Ordering},
};
use vidpipe_engine::Name;
use vidpipe_sandbox::{Fault, is_look};

/// Every way an answer can be lost.
const LOSSES: [Fault; 4] = [Fault::ResetAfter, Fault::InternalAfter, Fault::Late, Fault::Truncated];

/// Loses the answer of each changing operation of a life, the first time it is called and the last.
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
        let world = subject.world_with(sdk_retries).await;
        let (seen, name) = (Arc::new(AtomicU64::new(0)), operation.clone());
        world.day(subject.day.clone().with_weather(move |asked| {
            (asked.operation == name && seen.fetch_add(1, Ordering::Relaxed) == nth).then_some(fault)
        }));
        let mut wrong = finish_up(&world, &once).await;
        wrong.extend(finish_down(&world).await);
        // With the SDK's retries on, a repeated call may make a second thing before the engine hears of the first.
        tally.case(&format!("{operation} number {nth} {fault:?}"), wrong);
    }
    tally
}

/// Loses the answer of every changing call for each of these nodes, in the part of the pipeline that the node stands on.
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
            let world = subject.world_with(sdk_retries).await;
            world.day(subject.striking(node, nth, fault));
            let mut wrong = finish_up(&world, &life.once).await;
            wrong.extend(finish_down(&world).await);
            tally.case(&format!("{operation} for {node}, its changing call {nth}, {fault:?}"), wrong);
        }
    }
    tally
}

/// How often a life calls each changing operation.
async fn operations(subject: &Subject) -> BTreeMap<String, u64> {
    let world = subject.world().await;
    world.up().await;
    world.down().await;
    let mut operations = BTreeMap::new();
    for call in world.sandbox().take_calls().into_iter().filter(|call| !is_look(&call.operation)) {
        *operations.entry(call.operation).or_default() += 1;
    }
    operations
}
