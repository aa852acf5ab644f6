//! Absences that security properties depend on. A description that does not show an opening does not prove that there
//! is none: a new resource may not show everything it has from the start. So an absence counts once the thing was
//! seen to exist, or after several reads over a minute did not show it. The record lasts as long as the process,
//! which is long enough for one run.
use std::{cell::RefCell, collections::BTreeMap, time::Duration};
use tokio::time::Instant;

/// This many reads without it, over this long, prove the absence of something that was never seen.
const READS: u32 = 5;
const OVER: Duration = Duration::from_secs(60);

/// The reads so far.
#[derive(Default)]
struct Known {
    seen: bool,
    missed: u32,
    since: Option<Instant>,
}

/// The reads so far, keyed by the name of what they read.
#[derive(Default)]
pub(crate) struct Absences(RefCell<BTreeMap<String, Known>>);

impl Absences {
    /// Records that it was seen. From now on a single read without it proves its absence.
    pub(crate) fn seen(&self, what: &str) {
        self.0.borrow_mut().entry(what.to_owned()).or_default().seen = true;
    }

    /// Records a read that did not show it. Returns whether the absence is proven.
    pub(crate) fn missed(&self, what: &str) -> bool {
        let mut all = self.0.borrow_mut();
        let known = all.entry(what.to_owned()).or_default();
        known.missed += 1;
        let since = *known.since.get_or_insert_with(Instant::now);
        known.seen || (known.missed >= READS && since.elapsed() >= OVER)
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
            assert!(!absences.missed("a"), "reads alone prove nothing");
        }
        assert!(!absences.missed("b"));
        advance(OVER).await;
        assert!(!absences.missed("b"), "nor does time");
        assert!(absences.missed("a"));
    }
}
