//! What went wrong, in the engine's own words. Providers translate into these; nothing else decides retries.
use std::{error::Error as StdError, time::Duration};

/// What an error means for what we do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// The thing is not there.
    NotFound,
    /// Something with that name is there already: ours from a lost answer, or somebody else's.
    AlreadyExists,
    /// Refused for now: something else still stands on it, or it is being changed.
    Busy,
    /// Refused for now: what it names was made moments ago and has not spread through the service yet.
    Propagating,
    /// Too many calls; nothing was done.
    Throttled,
    /// The request never left; nothing was done.
    NotSent,
    /// The answer was lost, or was a server error: the work may have been done.
    Unclear,
    /// The credentials do not allow it.
    Denied,
    /// The credentials have run out.
    Expired,
    /// A quota of the account is used up.
    Quota,
    /// The service has no capacity of that sort there now.
    Capacity,
    /// The request is wrong, or the thing can never become what was asked.
    Invalid,
    /// It did not happen within its time.
    TimedOut,
    /// The user asked to stop.
    Interrupted,
    /// The state could not be made durable.
    Store,
    /// Somebody else has the environment now: this run must end.
    Taken,
    /// An answer that no table knows: it may pass, or not.
    Unrecognized,
    /// Something that vidpipe itself should have known.
    Unknown,
}

/// How to ask again: the first pause, the longest pause, and how long in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// First pause; it doubles.
    pub first: Duration,
    /// Longest pause.
    pub most: Duration,
    /// Give up after this long; `None` leaves it to the deadline of the wait.
    pub within: Option<Duration>,
}

impl Class {
    /// The one table of retries: which classes are worth asking again, and at what pace.
    pub const fn retry(self) -> Option<Retry> {
        const fn every(first_ms: u64, most_ms: u64, within_s: Option<u64>) -> Option<Retry> {
            Some(Retry {
                first: Duration::from_millis(first_ms),
                most: Duration::from_millis(most_ms),
                within: match within_s {
                    Some(s) => Some(Duration::from_secs(s)),
                    None => None,
                },
            })
        }
        match self {
            Self::Busy => every(1_000, 3_000, None),
            Self::Propagating => every(250, 2_000, Some(120)),
            Self::Unrecognized => every(1_000, 8_000, Some(30)),
            Self::Throttled => every(1_000, 35_000, Some(600)),
            Self::NotSent | Self::Unclear => every(500, 8_000, Some(120)),
            Self::Capacity => every(120_000, 120_000, Some(360)),
            _ => None,
        }
    }

    /// Was something said of the thing itself, and not only no answer heard?
    pub(crate) const fn refuses(self) -> bool {
        !matches!(self, Self::Throttled | Self::NotSent | Self::Unclear)
    }

    /// Did the provider say no, so that nothing can have been made?
    pub const fn is_definite(self) -> bool {
        !matches!(self, Self::Unclear | Self::Interrupted | Self::TimedOut | Self::Unrecognized | Self::Unknown)
    }
}

/// An error of the engine or of a provider. The message is a lower-case fragment that follows "failed to ...".
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// What it means for what we do next.
    pub class: Class,
    /// What it means instead once nothing is young any more of what it may speak of.
    pub otherwise: Option<Class>,
    /// For how many seconds this is known to last where that differs from others of its class.
    pub patience: Option<u32>,
    /// What was being done, and what was said.
    pub message: String,
    /// The provider's service and its action, such as `EC2 CreateVpc`.
    pub call: Option<Box<str>>,
    /// The provider's own code, such as `DependencyViolation`.
    pub code: Option<Box<str>>,
    /// The provider's request id, for its support.
    pub request_id: Option<Box<str>>,
    /// What to do next.
    pub hint: Option<Box<str>>,
    /// The cause.
    #[source]
    pub source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of a class, with its message.
    pub fn new(class: Class, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            class,
            otherwise: None,
            patience: None,
            message,
            call: None,
            code: None,
            request_id: None,
            hint: None,
            source: None,
        }
    }

    /// The same error for somebody else, without its cause.
    pub(crate) fn again(&self) -> Self {
        let (call, code) = (self.call.clone(), self.code.clone());
        let (request_id, hint) = (self.request_id.clone(), self.hint.clone());
        let (otherwise, patience) = (self.otherwise, self.patience);
        Self { otherwise, patience, call, code, request_id, hint, ..Self::new(self.class, self.message.clone()) }
    }

    /// The same error once it has lasted longer than anything is young.
    pub(crate) fn settled(mut self) -> Self {
        self.class = self.otherwise.take().unwrap_or(self.class);
        self
    }

    /// The same error with its cause.
    pub fn caused_by(mut self, cause: impl StdError + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(cause));
        self
    }

    /// The same error with what to do next.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into().into());
        self
    }

    /// The same error with the provider's code.
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into().into());
        self
    }
}

/// The engine's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;
