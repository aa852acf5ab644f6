//! Versions that a run replaced. A bucket that keeps versions would fill with them: a run writes its state hundreds of
//! times, and renews its lease for as long as it lasts.
use super::{Objects, objects::Stamp};
use std::sync::{Mutex, PoisonError};

/// The number of versions that are deleted with one request, at most.
const MOST: usize = 500;

/// The versions of one key that this run replaced, or is about to.
pub(crate) struct Trash {
    key: String,
    versions: Mutex<Vec<String>>,
}

impl Trash {
    pub(crate) fn new(key: &str) -> Self {
        Self { key: key.into(), versions: Mutex::default() }
    }

    /// Adds a version that was replaced. Returns whether it is time to delete what was added.
    ///
    /// Without versions, or with [suspended versioning](https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html),
    /// an object has the version `null`: that is the current one, and stays.
    pub(crate) fn add(&self, stamp: &Stamp) -> bool {
        let mut versions = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
        versions.extend(stamp.version.clone().filter(|version| version != "null"));
        versions.len() >= MOST
    }

    /// Deletes what was added. Best effort: what is left is deleted by the bucket's own rules.
    pub(crate) async fn empty(&self, objects: &dyn Objects) {
        let versions = std::mem::take(&mut *self.versions.lock().unwrap_or_else(PoisonError::into_inner));
        for some in versions.chunks(MOST) {
            let _ = objects.forget(&self.key, some.to_vec()).await;
        }
    }
}
