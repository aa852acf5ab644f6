//! An object store in memory, which answers as S3 does, and as badly as it may: it loses answers, is slow, and says
//! that another request is in progress or that it is busy. For tests on tokio's paused clock.
use super::objects::{Asked, Condition, Fault, Object, Objects, Stamp};
use super::write::in_background;
use futures::FutureExt;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// What goes wrong with a request.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Trouble {
    /// The time until the request is carried out.
    pub before: Duration,
    /// The time from then until its answer.
    pub after: Duration,
    /// The failure, if any.
    pub failure: Option<Failure>,
}

/// The failure of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It is carried out, and its answer is lost.
    AnswerLost,
    /// It is not carried out, and there is no answer.
    RequestLost,
    /// The sender gives up waiting; it is carried out later.
    Late,
    /// 409: another request is in progress.
    Conflict,
    /// 503.
    Busy,
}

/// A request: its operation and key.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// `get`, `head`, `put`, `delete`, `list` or `forget`.
    pub operation: &'static str,
    /// Its key.
    pub key: &'a str,
}

type Plan = dyn Fn(&Request<'_>) -> Trouble + Send + Sync;

/// A client of an object store in memory. Clones, and clients with other troubles, share the objects.
#[derive(Clone)]
pub struct Memory {
    shared: Arc<Mutex<Shared>>,
    plan: Arc<Plan>,
}

#[derive(Default)]
struct Shared {
    objects: BTreeMap<String, Stored>,
    /// All versions that exist, by key.
    versions: BTreeMap<String, Vec<String>>,
    writes: u64,
    requests: u64,
    /// Whether objects have the version `null`.
    suspended: bool,
}

#[derive(Clone)]
struct Stored {
    bytes: Vec<u8>,
    write: String,
    version: String,
    modified: Instant,
}

impl Default for Memory {
    fn default() -> Self {
        Self { shared: Arc::default(), plan: Arc::new(|_| Trouble::default()) }
    }
}

/// S3's ETag of an unencrypted object depends on its content only.
fn etag(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().take(16).map(|b| format!("{b:02x}")).collect()
}

impl Stored {
    fn stamp(&self) -> Stamp {
        Stamp {
            etag: etag(&self.bytes),
            write: Some(self.write.clone()).filter(|w| !w.is_empty()),
            version: Some(self.version.clone()),
            // The headers that it is computed from have whole seconds.
            age: Some(Duration::from_secs(self.modified.elapsed().as_secs())),
        }
    }
}

impl Memory {
    /// A client of the same objects, whose requests go wrong as planned.
    #[must_use]
    pub fn with(&self, plan: impl Fn(&Request<'_>) -> Trouble + Send + Sync + 'static) -> Self {
        Self { shared: Arc::clone(&self.shared), plan: Arc::new(plan) }
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Suspends versioning: every object has the version `null`.
    pub fn suspend_versions(&self) {
        self.shared().suspended = true;
    }

    /// The content of an object.
    pub fn content(&self, key: &str) -> Option<Vec<u8>> {
        self.shared().objects.get(key).map(|stored| stored.bytes.clone())
    }

    /// Writes an object as another program would: without a write id.
    pub fn place(&self, key: &str, bytes: &[u8]) {
        self.shared().put(key, bytes.to_vec(), "");
    }

    /// Deletes an object as another program would.
    pub fn take_away(&self, key: &str) {
        self.shared().objects.remove(key);
    }

    /// The keys of all objects.
    pub fn keys(&self) -> Vec<String> {
        self.shared().objects.keys().cloned().collect()
    }

    /// The number of versions of a key that exist.
    pub fn versions(&self, key: &str) -> usize {
        self.shared().versions.get(key).map_or(0, Vec::len)
    }

    /// The number of requests so far.
    pub fn requests(&self) -> u64 {
        self.shared().requests
    }

    /// Carries out a request with the trouble that is planned for it.
    fn ask<'a, T: Send + 'static>(
        &'a self,
        operation: &'static str,
        key: &'a str,
        work: impl FnOnce(&mut Shared) -> Result<T, Fault> + Send + 'static,
    ) -> Asked<'a, T> {
        async move {
            self.shared().requests += 1;
            let Trouble { before, after, failure } = (self.plan)(&Request { operation, key });
            let unclear = |why: &str| Err(Fault::Unclear(why.into()));
            if failure == Some(Failure::Late) {
                let shared = Arc::clone(&self.shared);
                in_background(async move {
                    pause(before + after).await;
                    let _ = work(&mut shared.lock().unwrap_or_else(PoisonError::into_inner));
                });
                pause(before).await;
                return unclear("the request timed out");
            }
            pause(before).await;
            let done = match failure {
                Some(Failure::RequestLost) => unclear("connection reset"),
                Some(Failure::Busy) => unclear("503 SlowDown"),
                Some(Failure::Conflict) if matches!(operation, "put" | "delete") => Err(Fault::Conflict),
                Some(Failure::AnswerLost) => {
                    let _ = work(&mut self.shared());
                    unclear("connection reset")
                }
                _ => work(&mut self.shared()),
            };
            pause(after).await;
            done
        }
        .boxed()
    }
}

#[allow(clippy::disallowed_methods, reason = "the store takes this long")]
async fn pause(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}

impl Shared {
    fn put(&mut self, key: &str, bytes: Vec<u8>, write: &str) -> Stamp {
        self.writes += 1;
        let version = if self.suspended { "null".into() } else { format!("v{}", self.writes) };
        self.versions.entry(key.into()).or_default().push(version.clone());
        let stored = Stored { bytes, write: write.into(), version, modified: Instant::now() };
        let stamp = stored.stamp();
        self.objects.insert(key.into(), stored);
        stamp
    }

    /// Whether the condition holds. AWS answers 404 to `If-Match` on a key that does not exist, which counts as unmet.
    fn holds(&self, key: &str, condition: &Condition) -> Result<(), Fault> {
        let there = self.objects.get(key).map(|stored| etag(&stored.bytes));
        let holds = match condition {
            Condition::Absent => there.is_none(),
            Condition::Unchanged(etag) => there.as_ref() == Some(etag),
            Condition::Always => true,
        };
        if holds { Ok(()) } else { Err(Fault::Unmet) }
    }
}

impl Objects for Memory {
    fn get<'a>(&'a self, key: &'a str) -> Asked<'a, Option<Object>> {
        let of = key.to_owned();
        self.ask("get", key, move |shared| {
            Ok(shared.objects.get(&of).map(|stored| Object { stamp: stored.stamp(), bytes: stored.bytes.clone() }))
        })
    }

    fn head<'a>(&'a self, key: &'a str) -> Asked<'a, Option<Stamp>> {
        let of = key.to_owned();
        self.ask("head", key, move |shared| Ok(shared.objects.get(&of).map(Stored::stamp)))
    }

    fn put<'a>(&'a self, key: &'a str, bytes: Vec<u8>, condition: &'a Condition, write: &'a str) -> Asked<'a, Stamp> {
        let (of, condition, write) = (key.to_owned(), condition.clone(), write.to_owned());
        self.ask("put", key, move |shared| {
            shared.holds(&of, &condition)?;
            Ok(shared.put(&of, bytes, &write))
        })
    }

    fn delete<'a>(&'a self, key: &'a str, etag: Option<&'a str>) -> Asked<'a, ()> {
        let (of, etag) = (key.to_owned(), etag.map(str::to_owned));
        self.ask("delete", key, move |shared| {
            if let Some(etag) = etag.filter(|_| shared.objects.contains_key(&of)) {
                shared.holds(&of, &Condition::Unchanged(etag))?;
            }
            shared.objects.remove(&of);
            Ok(())
        })
    }

    fn list<'a>(&'a self, prefix: &'a str) -> Asked<'a, Vec<String>> {
        let of = prefix.to_owned();
        self.ask("list", prefix, move |shared| {
            Ok(shared.objects.keys().filter(|key| key.starts_with(&of)).cloned().collect())
        })
    }

    fn forget<'a>(&'a self, key: &'a str, versions: Vec<String>) -> Asked<'a, ()> {
        let of = key.to_owned();
        self.ask("forget", key, move |shared| {
            if versions.iter().any(|version| shared.objects.get(&of).is_some_and(|there| there.version == *version)) {
                shared.objects.remove(&of);
            }
            let there = shared.versions.entry(of).or_default();
            there.retain(|version| !versions.contains(version));
            Ok(())
        })
    }
}
