//! Waiting for the lease of another run: until it is renewed, and so that run is alive, or has run out.
use super::{
    Bucket,
    lease::Document,
    objects::{Condition, Fault, Object, Stamp},
    write::{read, rest},
};
use crate::{Holder, Result, StoreError};
use std::time::Duration;

/// The longest pause between two looks at another run's lease.
const LOOK: Duration = Duration::from_secs(3);

/// How much longer than its time a lease must not have been renewed: S3 gives its times in whole seconds.
const GRACE: Duration = Duration::from_secs(2);

/// What another run's lease tells a run that waits for it.
#[derive(Debug)]
pub struct Waiting<'a> {
    /// The holder.
    pub holder: &'a Holder,
    /// The lease ends after this time, unless it is renewed.
    pub left: Duration,
}

/// How long a lease has not changed, by our clock.
pub(crate) struct Watch {
    etag: String,
    since: Duration,
}

/// Waits for another run's lease. Returns the condition under which this run may write its own.
pub(crate) async fn watched(
    bucket: &Bucket,
    key: &str,
    us: &Holder,
    watch: &mut Option<Watch>,
    tell: &dyn Fn(&Waiting<'_>),
) -> Result<Condition> {
    let terms = &bucket.terms;
    loop {
        let began = (terms.ticks)();
        let asked = read(async || bucket.objects.get(key).await, terms.for_time(terms.deadline())).await;
        let Some(object) = asked.map_err(|fault| bucket.failed("read the lease", key, fault))? else {
            return Ok(Condition::Absent);
        };
        let Object { stamp, bytes } = object;
        let theirs: Document = serde_json::from_slice(&bytes).map_err(|e| bucket.not_ours(key, &e.to_string()))?;
        let locked =
            || StoreError::Locked { path: bucket.url(key).into(), holder: Some(Box::new(theirs.holder.clone())) };
        let watched = match watch {
            Some(seen) if seen.etag == stamp.etag => (terms.ticks)().saturating_sub(seen.since),
            Some(_) => return Err(locked()),
            None => {
                *watch = Some(Watch { etag: stamp.etag.clone(), since: began });
                Duration::ZERO
            }
        };
        let silent = stamp.age.unwrap_or(watched);
        let alive = theirs.holder.is_alive(us);
        // The number of a dead process may be in use again: a lease that ran out has ended, whoever has that number.
        if alive == Some(true) && silent < theirs.ttl() / 2 {
            return Err(locked());
        }
        // A copy of a virtual machine takes itself for the same one, and its holder renews its lease there.
        let ends = GRACE + if alive == Some(false) { theirs.ttl() / 4 } else { theirs.ttl() };
        if silent >= ends {
            return Ok(Condition::Unchanged(stamp.etag));
        }
        let left = ends - silent;
        tell(&Waiting { holder: &theirs.holder, left });
        rest(left.min(LOOK)).await;
    }
}

/// A lease object as it is, for people.
pub(crate) async fn holder(bucket: &Bucket, key: &str) -> Result<Option<(Document, Stamp)>, StoreError> {
    let asked = bucket.objects.get(key).await;
    let Some(object) = asked.map_err(|fault: Fault| bucket.failed("read the lease", key, fault))? else {
        return Ok(None);
    };
    let document = serde_json::from_slice(&object.bytes).map_err(|e| bucket.not_ours(key, &e.to_string()))?;
    Ok(Some((document, object.stamp)))
}
