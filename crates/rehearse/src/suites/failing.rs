//! Every node fails once, for good: the call that makes it is refused. Others go on; the second `up` completes; `down` is
//! clean, also straight after the failure.

use super::{Subject, Tally, finish_down, finish_up};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use vidpipe_sandbox::{Fault, is_look};

/// Refuses every so many-th changing call of `up` once, as not allowed.
pub async fn failing(subject: &Subject, every: usize) -> Tally {
    let mut tally = Tally::new("every node fails once");
    let (once, calls) = {
        let world = subject.world().await;
        world.up().await;
        let changes = world.sandbox().take_calls().iter().filter(|call| !is_look(&call.operation)).count() as u64;
        (world.made(), changes)
    };
    for nth in (0..calls).step_by(every) {
        for given_up in [false, true] {
            let world = subject.world().await;
            let seen = Arc::new(AtomicU64::new(0));
            world.day(subject.day.clone().with_weather(move |asked| {
                (asked.changes && seen.fetch_add(1, Ordering::Relaxed) == nth).then_some(Fault::Denied)
            }));
            let first = world.up().await;
            let mut wrong = Vec::new();
            if first.summary().is_none_or(|summary| summary.failed != 1) {
                wrong.push(format!("more or less than one task failed: {first:?}"));
            }
            if !given_up {
                wrong.extend(finish_up(&world, &once).await);
            }
            wrong.extend(finish_down(&world).await);
            tally.case(&format!("changing call {nth} denied, then {}", if given_up { "down" } else { "up" }), wrong);
        }
    }
    tally
}
