//! The operations on an object store that a remote state needs, as a trait: S3 implements it, and in tests each of them
//! can fail in every way that S3 does.
use futures::future::BoxFuture;
use std::{fmt, time::Duration};

/// What an object store says about an object besides its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The ETag. It is opaque: it is compared, never computed, because encryption changes it.
    pub etag: String,
    /// The id of the write that created it, if vidpipe did.
    pub write: Option<String>,
    /// The id of this version, if the bucket keeps versions.
    pub version: Option<String>,
    /// Its age when the request was answered, by the clock of the store alone; `None` if the store does not say.
    pub age: Option<Duration>,
}

/// An object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// What the store says about it.
    pub stamp: Stamp,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// What must hold when a write is carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// There is no object of that key.
    Absent,
    /// The object has this ETag.
    Unchanged(String),
    /// Nothing.
    Always,
}

/// The reason why a store refuses a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such bucket.
    NoBucket,
    /// The credentials do not allow it, or the bucket belongs to another account than expected.
    Denied,
    /// The credentials have expired, or there are none.
    Credentials,
    /// The key that encrypts the bucket cannot be used.
    Key,
    /// The request is not valid, or the answer is not understood.
    Other,
}

/// The way a request failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The condition did not hold: nothing was written.
    Unmet,
    /// Another request for the same object was in progress: nothing was written.
    Conflict,
    /// There was no answer, or none that says so: it may have been carried out.
    Unclear(String),
    /// It was refused, and would be again.
    Refused {
        /// Why.
        why: Refusal,
        /// The permission that the request needs, such as `s3:PutObject`.
        action: &'static str,
        /// The message of the store.
        message: String,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unmet => f.write_str("the object was changed by another request"),
            Self::Conflict => f.write_str("another request for the object was in progress"),
            Self::Unclear(message) | Self::Refused { message, .. } => f.write_str(message),
        }
    }
}

/// A request's future.
pub type Asked<'a, T> = BoxFuture<'a, Result<T, Fault>>;

/// An object store. Reads and listings must be strongly consistent, and each request must be sent once: the callers
/// retry.
pub trait Objects: Send + Sync {
    /// Reads an object; `None` if there is none of that key.
    fn get<'a>(&'a self, key: &'a str) -> Asked<'a, Option<Object>>;

    /// Reads what the store says about an object; `None` if there is none of that key.
    fn head<'a>(&'a self, key: &'a str) -> Asked<'a, Option<Stamp>>;

    /// Writes an object with that write id, if the condition holds.
    fn put<'a>(&'a self, key: &'a str, bytes: Vec<u8>, condition: &'a Condition, write: &'a str) -> Asked<'a, Stamp>;

    /// Deletes an object, if it has that ETag. Succeeds if there is none of that key.
    fn delete<'a>(&'a self, key: &'a str, etag: Option<&'a str>) -> Asked<'a, ()>;

    /// The keys with that prefix, in order, all pages.
    fn list<'a>(&'a self, prefix: &'a str) -> Asked<'a, Vec<String>>;

    /// Deletes these versions of a key for good. Versions that do not exist are ignored.
    fn forget<'a>(&'a self, key: &'a str, versions: Vec<String>) -> Asked<'a, ()>;
}
