//! What a look at a thing may find.
use crate::Result;

/// What a single look found.
#[derive(Clone, Debug, PartialEq)]
pub enum Observed<T> {
    /// It is not there.
    Absent,
    /// It is on its way, or busy: in a state that it leaves by itself.
    Pending {
        /// The service's own words.
        why: String,
        /// What can already be read before it is ready.
        known: Option<T>,
    },
    /// It is at rest, and not as wanted. While a change is being applied that may be so for a moment, and counts as being on
    /// its way; otherwise somebody else changed it.
    Differs {
        /// What differs.
        why: String,
        /// What can be read of it nevertheless.
        known: Option<T>,
    },
    /// It is usable.
    Ready(T),
    /// It will never be ready.
    Broken(String),
}

impl<T> Observed<T> {
    /// On its way, nothing known yet.
    pub fn pending(why: impl Into<String>) -> Self {
        Self::Pending { why: why.into(), known: None }
    }

    /// At rest and different, with what can be read of it.
    pub fn differs(why: impl Into<String>, known: Option<T>) -> Self {
        Self::Differs { why: why.into(), known }
    }

    /// The same with what can be read of it in another form.
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
