//! What is believed not to be there. That a thing is closed is a security property, and "it shows no opening" is no proof of
//! it: a new thing may not show what it has from the start. So an absence counts once the thing was seen to be there, or
//! when it was not there at several looks over a minute. It lasts as long as the process, which is long enough for one run.
use std::{cell::RefCell, collections::BTreeMap, time::Duration};
use tokio::time::Instant;

/// So many empty looks, over so long, are believed of what was never seen.
const LOOKS: u32 = 5;
const OVER: Duration = Duration::from_secs(60);

/// What is known about it so far.
#[derive(Default)]
struct Known {
    seen: bool,
    missed: u32,
    since: Option<Instant>,
}

/// What was seen, and what was missed how often, by whatever names it.
#[derive(Default)]
pub(crate) struct Absences(RefCell<BTreeMap<String, Known>>);

impl Absences {
    /// It was there: from now on it is believed when it is not.
    pub(crate) fn seen(&self, what: &str) {
        self.0.borrow_mut().entry(what.to_owned()).or_default().seen = true;
    }

    /// It was not there at this look: whether that is to be believed.
    pub(crate) fn missed(&self, what: &str) -> bool {
        let mut all = self.0.borrow_mut();
        let known = all.entry(what.to_owned()).or_default();
        known.missed += 1;
        let since = *known.since.get_or_insert_with(Instant::now);
        known.seen || (known.missed >= LOOKS && since.elapsed() >= OVER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    #[tokio::test(start_paused = true)]
    async fn what_was_seen_once_is_believed_to_be_gone() {
        let absences = Absences::default();
        assert!(!absences.missed("rule of sg-1"));
        absences.seen("rule of sg-1");
        assert!(absences.missed("rule of sg-1") && !absences.missed("rule of sg-2"));
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_never_seen_takes_several_looks_over_a_minute() {
        let absences = Absences::default();
        for _ in 0..10 {
            assert!(!absences.missed("a"), "looks alone prove nothing");
        }
        assert!(!absences.missed("b"));
        advance(OVER).await;
        assert!(!absences.missed("b"), "nor does time");
        assert!(absences.missed("a"));
    }
}
