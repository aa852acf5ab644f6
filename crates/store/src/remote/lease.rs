//! The lease on an environment: one holder at a time, who renews it, and who starts no call once it may have run out.
//!
//! Two clocks are never compared. Whether another run's lease has run out is judged by the store's clock alone: how long
//! ago the object was written. (A store that does not say is watched: the object must not change for a whole lease.)
//! Whether its own lease is still good, the holder judges by its own clock, from the start of the last renewal that
//! succeeded. So a clock that jumps forward ends a run early, and never lets two of them go on.
use super::{
    Bucket,
    objects::{Condition, Stamp},
    terms::LONGEST,
    trash::Trash,
    waiting::{Waiting, watched},
    write::{Unwritten, Write, in_background, read, rest},
};
use crate::{Holder, Loss, Result};
use serde::{Deserialize, Serialize};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::task::JoinHandle;

/// The pause before a renewal is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// How long a release is tried: the lease runs out anyway.
const RELEASING: Duration = Duration::from_secs(5);

/// The content of the lease object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Document {
    /// Who holds it.
    pub(crate) holder: Holder,
    /// The lease ends when it was not renewed for so many seconds.
    ttl: u64,
    /// The number of renewals: two renewals must not have the same content, because their ETags would be the same.
    beat: u64,
    /// Distinguishes the leases of one process.
    nonce: String,
}

impl Document {
    fn bytes(&self) -> Result<Vec<u8>> {
        Ok(serde_json::to_vec_pretty(self)?)
    }

    pub(crate) fn ttl(&self) -> Duration {
        Duration::from_secs(self.ttl).min(LONGEST)
    }
}

/// What the holder knows of its lease.
#[derive(Debug)]
struct Known {
    /// When the last good renewal was begun.
    renewed: Duration,
    /// How the lease was lost.
    loss: Option<Loss>,
}

/// A lease that this run holds. It is renewed in the background until it is released or dropped.
pub(crate) struct Lease {
    renewal: Arc<Renewal>,
    task: JoinHandle<()>,
}

struct Renewal {
    bucket: Bucket,
    key: String,
    known: Mutex<Known>,
    /// Held during a renewal, and for good once the lease is released.
    current: tokio::sync::Mutex<Current>,
    trash: Trash,
}

struct Current {
    document: Document,
    stamp: Stamp,
}

/// The outcome of a renewal.
enum Renewed {
    Yes,
    Unclear,
    Lost,
}

impl Lease {
    /// Takes the lease. If another run holds it, waits until that run renews it, which is refused, or until it has run
    /// out.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when another run renews the lease, and those of the store.
    pub(crate) async fn take(
        bucket: &Bucket,
        key: String,
        holder: Holder,
        tell: &dyn Fn(&Waiting<'_>),
    ) -> Result<Self> {
        let terms = &bucket.terms;
        let document = Document { holder, ttl: terms.ttl.as_secs(), beat: 0, nonce: (terms.new_id)() };
        let mut watch = None;
        let mut condition = Condition::Absent;
        loop {
            let began = (terms.ticks)();
            let bytes = document.bytes()?;
            let write = Write { objects: &*bucket.objects, key: &key, bytes: &bytes, condition: condition.clone() };
            match write.done(&(terms.new_id)(), terms.for_time(terms.deadline())).await {
                Ok(stamp) => return Ok(Self::keep(bucket, key, began, Current { document, stamp })),
                Err(Unwritten::Overtaken(_)) => {}
                Err(Unwritten::Unclear(fault) | Unwritten::Refused(fault)) => {
                    return Err(bucket.failed("take the lease", &key, fault));
                }
            }
            condition = watched(bucket, &key, &document.holder, &mut watch, tell).await?;
        }
    }

    fn keep(bucket: &Bucket, key: String, renewed: Duration, current: Current) -> Self {
        let known = Mutex::new(Known { renewed, loss: None });
        let (bucket, current, trash) = (bucket.clone(), tokio::sync::Mutex::new(current), Trash::new(&key));
        let renewal = Arc::new(Renewal { bucket, key, known, current, trash });
        let task = in_background(Arc::clone(&renewal).beats());
        Self { renewal, task }
    }

    /// Checks that the lease is still good, by this run's own clock.
    pub(crate) fn check(&self) -> Result<(), Loss> {
        self.renewal.check()
    }

    /// Whether the lease is still good, for others to ask.
    pub(crate) fn is_good(&self) -> impl Fn() -> bool + Send + Sync + 'static {
        let renewal = Arc::clone(&self.renewal);
        move || renewal.check().is_ok()
    }

    /// Takes note that the state is not what this run saved: no call may be started any more. Returns how it was lost: to
    /// the run that has the lease by now, if it is another one.
    pub(crate) async fn lose(&self) -> Loss {
        let nonce = self.renewal.current.lock().await.document.nonce.clone();
        let how = match self.renewal.there().await {
            Ok(Some(other)) if other.document.nonce != nonce => Loss::Lease(Some(Box::new(other.document.holder))),
            Ok(None) => Loss::Lease(None),
            _ => Loss::State,
        };
        self.renewal.lose(how);
        self.check().err().unwrap_or(Loss::State)
    }

    /// Releases the lease. Best effort: a lease that is not released runs out.
    pub(crate) async fn release(&self) {
        // A renewal that is in progress is awaited: it would otherwise create the lease again.
        let current = self.renewal.current.lock().await;
        self.task.abort();
        let Renewal { bucket, key, trash, .. } = &*self.renewal;
        if self.renewal.known().loss.is_none() {
            self.renewal.known().loss = Some(Loss::Released);
            trash.add(&current.stamp);
            let gone = async || bucket.objects.delete(key, Some(&current.stamp.etag)).await;
            let _ = read(gone, bucket.terms.for_time(RELEASING)).await;
        }
        trash.empty(&*bucket.objects).await;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Renewal {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check(&self) -> Result<(), Loss> {
        let (known, terms) = (self.known(), &self.bucket.terms);
        match &known.loss {
            Some(loss) => Err(loss.clone()),
            None if (terms.ticks)().saturating_sub(known.renewed) > terms.deadline() => Err(Loss::RanOut),
            None => Ok(()),
        }
    }

    async fn beats(self: Arc<Self>) {
        let mut pause = self.bucket.terms.beat();
        loop {
            rest(pause).await;
            pause = match self.renew().await {
                Renewed::Yes => self.bucket.terms.beat(),
                // The time that is left is short.
                Renewed::Unclear => AGAIN,
                Renewed::Lost => return,
            };
        }
    }

    /// Renews the lease once.
    async fn renew(&self) -> Renewed {
        let mut current = self.current.lock().await;
        let terms = &self.bucket.terms;
        let began = (terms.ticks)();
        let document = Document { beat: current.document.beat + 1, ..current.document.clone() };
        let Ok(bytes) = document.bytes() else { return Renewed::Lost };
        let condition = Condition::Unchanged(current.stamp.etag.clone());
        let write = Write { objects: &*self.bucket.objects, key: &self.key, bytes: &bytes, condition };
        // A renewal that takes too long is given up: the next one begins anew, and its start counts.
        match write.done(&(terms.new_id)(), terms.for_time(terms.beat())).await {
            Ok(stamp) => {
                let full = self.trash.add(&current.stamp);
                *current = Current { document, stamp };
                self.known().renewed = began;
                if full {
                    self.trash.empty(&*self.bucket.objects).await;
                }
                Renewed::Yes
            }
            Err(Unwritten::Overtaken(_)) => match self.there().await {
                // A renewal that was given up was carried out after all.
                Ok(Some(own)) if own.document.nonce == current.document.nonce => {
                    *current = own;
                    Renewed::Unclear
                }
                Ok(other) => {
                    self.lose(Loss::Lease(other.map(|other| Box::new(other.document.holder))));
                    Renewed::Lost
                }
                Err(()) => Renewed::Unclear,
            },
            Err(Unwritten::Unclear(_) | Unwritten::Refused(_)) => Renewed::Unclear,
        }
    }

    fn lose(&self, loss: Loss) {
        self.known().loss.get_or_insert(loss);
    }

    /// The lease object; an error if it cannot be read, or is none.
    async fn there(&self) -> Result<Option<Current>, ()> {
        let Some(object) = self.bucket.objects.get(&self.key).await.map_err(drop)? else { return Ok(None) };
        let document = serde_json::from_slice(&object.bytes).map_err(drop)?;
        Ok(Some(Current { document, stamp: object.stamp }))
    }
}
