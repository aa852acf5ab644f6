//! A conditional write whose outcome is always known.
//!
//! The answer to a write may be lost: repeated, the write would be refused because of itself. So every write carries an
//! id in the object's metadata, and after an answer that is not clear the object is read: with our id, the write was
//! carried out; unchanged, it was not (yet), and is repeated with the same id; with another id, another run wrote.
use super::{
    Objects,
    objects::{Condition, Fault, Stamp},
};
use std::time::Duration;
use tokio::task::JoinHandle;

/// The pauses between repetitions.
const FIRST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(5);

/// The outcome of a write that failed.
#[derive(Debug)]
pub(crate) enum Unwritten {
    /// Another write came first: the object as that one left it, if there is one.
    Overtaken(Option<Stamp>),
    /// The time was up before an answer was clear.
    Unclear(Fault),
    /// It was refused.
    Refused(Fault),
}

/// A write in progress.
pub(crate) struct Write<'a> {
    pub(crate) objects: &'a dyn Objects,
    pub(crate) key: &'a str,
    pub(crate) bytes: &'a [u8],
    pub(crate) condition: Condition,
}

impl Write<'_> {
    /// Writes with that unique id until the outcome is clear, or `may_go_on` says no.
    pub(crate) async fn done(self, id: &str, may_go_on: impl Fn() -> bool) -> Result<Stamp, Unwritten> {
        let mut pause = FIRST;
        loop {
            let fault = match self.objects.put(self.key, self.bytes.to_vec(), &self.condition, id).await {
                Ok(stamp) => return Ok(stamp),
                Err(refused @ Fault::Refused { .. }) => return Err(Unwritten::Refused(refused)),
                Err(fault) => fault,
            };
            match self.is_done(id).await {
                Ok(Some(stamp)) => return Ok(stamp),
                // A condition that does not hold is only final once the object says so.
                Ok(None) | Err(Unwritten::Unclear(_)) => {}
                Err(end) => return Err(end),
            }
            if !may_go_on() {
                return Err(Unwritten::Unclear(fault));
            }
            rest(pause).await;
            pause = (pause * 2).min(LONGEST);
        }
    }

    /// Whether the object is from this write; `None` if the write is to be repeated.
    async fn is_done(&self, id: &str) -> Result<Option<Stamp>, Unwritten> {
        match (self.objects.head(self.key).await, &self.condition) {
            (Ok(Some(stamp)), _) if stamp.write.as_deref() == Some(id) => Ok(Some(stamp)),
            (Ok(Some(stamp)), Condition::Unchanged(etag)) if stamp.etag == *etag => Ok(None),
            (Ok(None), Condition::Absent) | (Ok(_), Condition::Always) => Ok(None),
            (Ok(there), _) => Err(Unwritten::Overtaken(there)),
            (Err(refused @ Fault::Refused { .. }), _) => Err(Unwritten::Refused(refused)),
            (Err(fault), _) => Err(Unwritten::Unclear(fault)),
        }
    }
}

/// Reads until the answer is clear, or `may_go_on` says no.
pub(crate) async fn read<T>(
    mut ask: impl AsyncFnMut() -> Result<T, Fault>,
    may_go_on: impl Fn() -> bool,
) -> Result<T, Fault> {
    let mut pause = FIRST;
    loop {
        match ask().await {
            Err(Fault::Unclear(_) | Fault::Conflict) if may_go_on() => {}
            other => return other,
        }
        rest(pause).await;
        pause = (pause * 2).min(LONGEST);
    }
}

/// Does work that goes on whatever its starter waits for: a prompt, or the provider.
#[allow(clippy::disallowed_methods, reason = "a lease is renewed whatever its holder does")]
pub(crate) fn in_background(work: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
    tokio::spawn(work)
}

#[allow(clippy::disallowed_methods, reason = "the state store is waited for here, not the provider")]
pub(crate) async fn rest(pause: Duration) {
    tokio::time::sleep(pause).await;
}
