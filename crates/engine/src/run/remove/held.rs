//! A removal that keeps being refused: the resources that block it, and whether that can end by itself.
use crate::{
    Class, Error, Result,
    holder::{Holder, Whose, list},
    resource::PhysicalId,
    run::{Runner, call::Work},
};
use std::time::Duration;
use tokio::time::Instant;

/// Most refusals end sooner: the holders are read only after this long.
const PATIENT: Duration = Duration::from_secs(20);
/// The holders are read again after this long.
const AGAIN: Duration = Duration::from_secs(60);

/// The known holders of a resource.
#[derive(Default)]
pub(super) struct Held {
    /// When its removal was first refused.
    since: Option<Instant>,
    /// When its holders are read again.
    next: Option<Instant>,
    /// The holders as of the last read.
    holders: Vec<Holder>,
}

impl Held {
    /// The current holders of other owners that were also present in the last read: a single read may be stale.
    fn lasting(&self, now: &[Holder]) -> Vec<Holder> {
        let stays = |h: &&Holder| h.whose == Whose::Theirs && self.holders.iter().any(|was| was.id == h.id);
        now.iter().filter(stays).cloned().collect()
    }

    fn keep(&mut self, holders: Vec<Holder>) {
        // A holder that ends the removal with an error, or whose deletion was just requested, is read again soon.
        let soon = holders.iter().any(|h| matches!(h.whose, Whose::Theirs | Whose::Guest));
        self.next = Some(Instant::now() + if soon { PATIENT } else { AGAIN });
        self.holders = holders;
    }

    /// The refusal, with the holders added.
    fn add_to(&self, refused: Error) -> Error {
        if self.holders.is_empty() {
            return refused;
        }
        Error { message: format!("{}; held by {}", refused.message, list(&self.holders)), ..refused }
    }
}

impl<C: 'static> Runner<C> {
    /// The refusal, with its holders after a while. Meanwhile the deletion of guests of the resource is requested.
    ///
    /// # Errors
    /// When a resource of another owner holds it and stays: waiting does not help.
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
            // The refusal is the relevant error: a failed read must not hide it.
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

    /// Request the deletion of a guest. A retryable error is no failure: the request is repeated after the next read.
    async fn dismiss(&self, work: &Work<'_, C>, guest: &Holder) -> Result<()> {
        match self.call(work, work.kind.dismiss(&work.cx, work.spec, guest)).await {
            Err(e) if e.class.retry().is_some() || e.class == Class::NotFound => Ok(()),
            other => other,
        }
    }
}

/// The error for a deletion that resources of another owner block: it never succeeds by itself.
fn in_the_way<C: 'static>(work: &Work<'_, C>, refused: Error, holders: &[Holder]) -> Error {
    let named = list(holders);
    let message = format!("{}; {} is held by {named}, which this environment did not make", refused.message, work.name);
    Error { class: Class::Invalid, message, ..refused }.hint(format!(
        "vidpipe leaves alone what it did not make: remove {named} yourself, or let its owner do it; then run the same command \
         again"
    ))
}
