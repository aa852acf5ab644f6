//! The messages shown while AWS does not answer.
use crate::print::note;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};
use tokio::time::Instant;
use vidpipe_engine::{Unanswered, event::Fault};
use vidpipe_report::text::duration;

/// The interval between messages: many calls may wait at once.
const EVERY: Duration = Duration::from_secs(10);

/// The last unanswered call.
#[derive(Clone, Default)]
pub(crate) struct Waiting(Rc<RefCell<Option<String>>>);

impl Waiting {
    /// Reports on stderr, one line per interval at most.
    pub(crate) fn tell(&self) -> impl Fn(&Unanswered<'_>) + use<> {
        let (last, words_of) = (Cell::new(None::<Instant>), self.0.clone());
        move |unanswered| {
            *words_of.borrow_mut() = Some(unheard(unanswered));
            if last.get().is_none_or(|at| at.elapsed() >= EVERY) {
                last.set(Some(Instant::now()));
                let _ = note(&words(unanswered));
            }
        }
    }

    /// The last error received instead of an answer.
    pub(crate) fn last(&self) -> Option<String> {
        self.0.borrow().clone()
    }
}

fn unheard(Unanswered { error, .. }: &Unanswered<'_>) -> String {
    format!("no answer yet: failed to {}", Fault::from(*error).to_line())
}

/// The message as one line.
pub(crate) fn words(unanswered: &Unanswered<'_>) -> String {
    format!("{}; asking again for up to {}", unheard(unanswered), duration(unanswered.left))
}
