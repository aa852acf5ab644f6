//! The result of reading a resource.
use crate::Result;

/// The result of a single read.
#[derive(Clone, Debug, PartialEq)]
pub enum Observed<T> {
    /// It does not exist.
    Absent,
    /// It is in a transitional state, which it leaves by itself.
    Pending {
        /// The status message the service returns.
        why: String,
        /// The outputs that are already available.
        known: Option<T>,
    },
    /// It is stable, but differs from the desired spec. While an update is being applied this may be transient and
    /// counts as pending; otherwise the resource was changed outside vidpipe.
    Differs {
        /// The difference.
        why: String,
        /// The outputs that are available nevertheless.
        known: Option<T>,
    },
    /// It is usable.
    Ready(T),
    /// It will never become ready.
    Broken(String),
}

impl<T> Observed<T> {
    /// Pending, with no outputs yet.
    pub fn pending(why: impl Into<String>) -> Self {
        Self::Pending { why: why.into(), known: None }
    }

    /// Stable but different, with the available outputs.
    pub fn differs(why: impl Into<String>, known: Option<T>) -> Self {
        Self::Differs { why: why.into(), known }
    }

    /// The same result with the outputs converted.
    pub(crate) fn try_map<U>(self, form: impl Fn(T) -> Result<U>) -> Result<Observed<U>> {
        Ok(match self {
            Self::Absent => Observed::Absent,
            Self::Pending { why, known } => Observed::Pending { why, known: known.map(form).transpose()? },
            Self::Differs { why, known } => Observed::Differs { why, known: known.map(form).transpose()? },
            Self::Ready(output) => Observed::Ready(form(output)?),
            Self::Broken(why) => Observed::Broken(why),
        })
    }
}
