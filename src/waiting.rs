//! What a command says while it waits for an answer that AWS does not give.
use crate::commands::note;
use std::{cell::Cell, time::Duration};
use tokio::time::Instant;
use vidpipe_engine::{Unanswered, event::Fault};
use vidpipe_report::text::duration;

/// Many questions may wait at once: nobody wants to read of all of them.
const EVERY: Duration = Duration::from_secs(10);

/// On stderr, a line now and then.
pub(crate) fn tell() -> impl Fn(&Unanswered<'_>) {
    let last = Cell::new(None::<Instant>);
    move |unanswered| {
        if last.get().is_none_or(|at| at.elapsed() >= EVERY) {
            last.set(Some(Instant::now()));
            let _ = note(&words(unanswered));
        }
    }
}

/// It in a line.
pub(crate) fn words(Unanswered { error, left, .. }: &Unanswered<'_>) -> String {
    format!("no answer yet: failed to {}; asking again for up to {}", Fault::from(*error).told(), duration(*left))
}
