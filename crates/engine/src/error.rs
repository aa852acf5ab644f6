//! Errors, classified for the engine. Providers translate into these classes; nothing else decides retries.
use std::{error::Error as StdError, time::Duration};

/// The class of an error, which determines the next action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// The resource does not exist.
    NotFound,
    /// A resource with that name already exists: ours, after a lost response, or another owner's.
    AlreadyExists,
    /// Refused for now: another resource still depends on it, or it is being changed.
    Busy,
    /// Refused for now: a resource it references was just created and is not yet visible throughout the service.
    Propagating,
    /// Too many calls; no work was done.
    Throttled,
    /// The request was never sent; no work was done.
    NotSent,
    /// The response was lost, or was a server error: the work may have been done.
    Unclear,
    /// The credentials do not allow it.
    Denied,
    /// The credentials have expired.
    Expired,
    /// A quota of the account is exhausted.
    Quota,
    /// The service has no capacity of that type at the moment.
    Capacity,
    /// The request is invalid, or the resource can never reach the requested state.
    Invalid,
    /// It did not complete in time.
    TimedOut,
    /// The user requested a stop.
    Interrupted,
    /// The state could not be made durable.
    Store,
    /// Another process has taken over the environment: this run must end.
    Taken,
    /// A response that is in no table: it may or may not be transient.
    Unrecognized,
    /// An internal error: vidpipe lacks something it should have.
    Unknown,
}

/// The retry policy: the first pause, the longest pause, and the total time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// First pause; it doubles with each retry.
    pub first: Duration,
    /// Longest pause.
    pub most: Duration,
    /// Give up after this long; `None` leaves it to the deadline of the wait.
    pub within: Option<Duration>,
}

impl Class {
    /// The only table of retries: which classes are worth retrying, and at what pace.
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

    /// Whether the provider responded about the resource itself, as opposed to a missing or throttled response.
    pub(crate) const fn refuses(self) -> bool {
        !matches!(self, Self::Throttled | Self::NotSent | Self::Unclear)
    }

    /// Whether the provider definitely refused, so that nothing can have been created.
    pub const fn is_definite(self) -> bool {
        !matches!(self, Self::Unclear | Self::Interrupted | Self::TimedOut | Self::Unrecognized | Self::Unknown)
    }
}

/// An error of the engine or of a provider. The message is a lower-case fragment that follows "failed to ...".
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// The class, which determines the next action.
    pub class: Class,
    /// The class it becomes once every resource it may refer to is too old for a propagation delay.
    pub otherwise: Option<Class>,
    /// For how many seconds this error is known to last, where that differs from others of its class.
    pub patience: Option<u32>,
    /// The operation and the error message.
    pub message: String,
    /// The provider's service and its action, such as `EC2 CreateVpc`.
    pub call: Option<Box<str>>,
    /// The provider's error code, such as `DependencyViolation`.
    pub code: Option<Box<str>>,
    /// The provider's request id, for its support.
    pub request_id: Option<Box<str>>,
    /// The recommended next action.
    pub hint: Option<Box<str>>,
    /// The cause.
    #[source]
    pub source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error with a class and a message.
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

    /// A copy for another caller, without the source.
    pub(crate) fn again(&self) -> Self {
        let (call, code) = (self.call.clone(), self.code.clone());
        let (request_id, hint) = (self.request_id.clone(), self.hint.clone());
        let (otherwise, patience) = (self.otherwise, self.patience);
        Self { otherwise, patience, call, code, request_id, hint, ..Self::new(self.class, self.message.clone()) }
    }

    /// The same error once it has lasted longer than any propagation delay.
    pub(crate) fn settled(mut self) -> Self {
        self.class = self.otherwise.take().unwrap_or(self.class);
        self
    }

    /// The same error with its cause.
    pub fn caused_by(mut self, cause: impl StdError + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(cause));
        self
    }

    /// The same error with a recommended next action.
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
