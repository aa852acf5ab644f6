//! A removal that is refused for long: who holds the thing, and whether that can end by itself.
use crate::{
    Class, Error, Result,
    holder::{Holder, Whose, told},
    resource::PhysicalId,
    run::{Runner, call::Work},
};
use std::time::Duration;
use tokio::time::Instant;

/// Most refusals are over sooner: only then is it asked who holds a thing.
const PATIENT: Duration = Duration::from_secs(20);
/// Who holds it is asked again after this long.
const AGAIN: Duration = Duration::from_secs(60);

/// What is known of those who hold a thing.
#[derive(Default)]
pub(super) struct Held {
    /// Since when its removal is refused.
    since: Option<Instant>,
    /// When it is asked again who holds it.
    next: Option<Instant>,
    /// As of the last time.
    holders: Vec<Holder>,
}

impl Held {
    /// Those that hold it now and are somebody else's, and did so the last time too: one look may be old.
    fn lasting(&self, now: &[Holder]) -> Vec<Holder> {
        let stays = |h: &&Holder| h.whose == Whose::Theirs && self.holders.iter().any(|was| was.id == h.id);
        now.iter().filter(stays).cloned().collect()
    }

    fn keep(&mut self, holders: Vec<Holder>) {
        // What could end this, or has just been asked to go, is looked at again soon.
        let soon = holders.iter().any(|h| matches!(h.whose, Whose::Theirs | Whose::Guest));
        self.next = Some(Instant::now() + if soon { PATIENT } else { AGAIN });
        self.holders = holders;
    }

    /// The refusal, with who holds the thing.
    fn add_to(&self, refused: Error) -> Error {
        if self.holders.is_empty() {
            return refused;
        }
        Error { message: format!("{}; held by {}", refused.message, told(&self.holders)), ..refused }
    }
}

impl<C: 'static> Runner<C> {
    /// The refusal, and after a while who the reason for it is. Guests of the thing are asked to go meanwhile.
    ///
    /// # Errors
    /// When it is held by what is somebody else's and stays: no waiting helps.
    pub(super) async fn explain(
        &self,
        work: &Work<'_, C>,
        id: &PhysicalId,
        held: &mut Held,
        refused: Error,
    ) -> Result<Error> {
        let since = *held.since.get_or_insert_with(Instant::now);
        let due = held.next.map_or(since.elapsed() >= PATIENT, |next| next <= Instant::now());
        if !due {
            return Ok(held.add_to(refused));
        }
        let holders = match self.call(work, work.kind.holders(&work.cx, work.spec, id)).await {
            Err(e) if e.class == Class::Interrupted => return Err(e),
            // The refusal is the news: a look that fails must not hide it.
            Err(_) => return Ok(held.add_to(refused)),
            Ok(holders) => holders,
        };
        let lasting = held.lasting(&holders);
        if !lasting.is_empty() {
            return Err(in_the_way(work, refused, &lasting));
        }
        for guest in holders.iter().filter(|h| h.whose == Whose::Guest) {
            self.dismiss(work, guest).await?;
        }
        held.keep(holders);
        Ok(held.add_to(refused))
    }

    /// Ask a guest to go. That it cannot yet is no failure: it is asked again with the next look.
    async fn dismiss(&self, work: &Work<'_, C>, guest: &Holder) -> Result<()> {
        match self.call(work, work.kind.dismiss(&work.cx, work.spec, guest)).await {
            Err(e) if e.class.retry().is_some() || e.class == Class::NotFound => Ok(()),
            other => other,
        }
    }
}

/// What somebody else's things keep from going never goes by itself.
fn in_the_way<C: 'static>(work: &Work<'_, C>, refused: Error, holders: &[Holder]) -> Error {
    let named = told(holders);
    let message = format!("{}; {} is held by {named}, which this environment did not make", refused.message, work.name);
    Error { class: Class::Invalid, message, ..refused }.hint(format!(
        "vidpipe leaves alone what it did not make: remove {named} yourself, or let its owner do it; then run the same command \
         again"
    ))
}
