//! Errors of AWS calls: what services need to name and to classify them. `classify.rs` converts them to the engine's.
use std::error::Error as StdError;
use vidpipe_engine::{Class, Error};

mod credentials;
pub(crate) mod rows;
mod whole;

pub(crate) use credentials::{class as class_of_credentials, is_definite, message as credentials_message};
pub(crate) use rows::speaks_of_throttling;
pub use rows::{Meaning, Refusal};
pub(crate) use whole::{Lack, Whole};

/// Converts the result of an AWS call: `.send().await.or_fail("create the queue")?`
pub trait OrFail<T> {
    /// The answer, or the engine's error: the operation, AWS's message, the call, its error code and its request id.
    ///
    /// # Errors
    /// When the call failed.
    fn or_fail(self, doing: &str) -> vidpipe_engine::Result<T>;
}

pub(crate) fn causes<'a>(e: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    fn next<'a>(e: &&'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
        (*e).source()
    }
    std::iter::successors(Some(e), next)
}

/// Returns a field that AWS always sends. An answer without it is incomplete, and proves no absence.
pub(crate) fn complete<T>(field: Option<T>, doing: &str) -> vidpipe_engine::Result<T> {
    field.ok_or_else(|| Error::new(Class::Unclear, format!("{doing}: the answer is incomplete")))
}
