//! The answer to every call that makes something is lost after the work was done, one call at a time, with the SDK's own
//! retries off as vidpipe has them, and on to see that nothing depends on it.

use super::{Subject, Tally, finish_down, finish_up};
use std::{
    cell::Cell,
    collections::BTreeMap,
    rc::Rc,
    sync::Arc,
    sync::atomic::{AtomicU64, Ordering},
};
use vidpipe_sandbox::{Fault, is_look};

/// Every way an answer can be lost.
const LOSSES: [Fault; 4] = [Fault::ResetAfter, Fault::InternalAfter, Fault::Late, Fault::Truncated];

/// Loses the answer of each changing operation of a life, the first time it is called and the last.
pub async fn lost_answers(subject: &Subject, sdk_retries: bool) -> Tally {
    let mut tally =
        Tally::new(if sdk_retries { "answer lost, SDK retries on" } else { "answer lost, SDK retries off" });
    let (once, operations) = undisturbed(subject).await;
    let turn = Rc::new(Cell::new(0));
    for (operation, calls) in operations {
        for nth in if calls > 1 { vec![0, calls - 1] } else { vec![0] } {
            let fault = LOSSES[turn.get() % LOSSES.len()];
            turn.set(turn.get() + 1);
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
    }
    tally
}

/// What an undisturbed life makes, and how often it calls each changing operation.
async fn undisturbed(subject: &Subject) -> (BTreeMap<String, usize>, BTreeMap<String, u64>) {
    let world = subject.world().await;
    world.up().await;
    let once = world.made();
    world.down().await;
    let mut operations = BTreeMap::new();
    for call in world.sandbox().take_calls().into_iter().filter(|call| !is_look(&call.operation)) {
        *operations.entry(call.operation).or_default() += 1;
    }
    (once, operations)
}
