//! Faults between us and AWS, while AWS itself works.
//!
//! A fault before the work leaves AWS unchanged. A fault after the work loses the answer of a call that was performed,
//! which is how resources are created twice or forgotten.

use std::io;

use aws_smithy_runtime_api::client::orchestrator::OrchestratorError;
use aws_smithy_runtime_api::client::result::ConnectorError;

use crate::answers::Answer;
use crate::refusal::Refusal;
use crate::store::SavedRequest;

/// A call, as the fault plan sees it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Asked<'a> {
    /// The service, as the SDK names it, such as `EC2` or `API Gateway`.
    pub service: &'a str,
    /// The operation, such as `CreateVpc`.
    pub operation: &'a str,
    /// Whether it may change something: its name is not that of a read.
    pub changes: bool,
    /// The number of calls before it.
    pub number: u64,
    /// The number of calls before it that may change something.
    pub change: u64,
}

/// Whether the operation is a read, by its name.
#[must_use]
pub fn is_read(operation: &str) -> bool {
    ["Get", "List", "Describe"].iter().any(|verb| operation.starts_with(verb))
}

/// A fault that strikes one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// The call is throttled and not performed.
    Throttled,
    /// HTTP 500; the call is not performed.
    Internal,
    /// HTTP 503; the call is not performed.
    Unavailable,
    /// The connection is refused; the call is not performed.
    Refused,
    /// The connection is reset before the request is read; the call is not performed.
    ResetBefore,
    /// The call is performed, and the connection is reset before the answer.
    ResetAfter,
    /// The call is performed, and the answer is HTTP 500.
    InternalAfter,
    /// The call is performed, and the answer comes after the attempt timeout.
    Late,
    /// The call is performed, and the body of the answer is truncated by a proxy that takes the partial body as
    /// complete.
    Truncated,
    /// The call is performed, and the answer has no body.
    Emptied,
    /// The call is performed, and the answer is replaced by the HTML page of a proxy, with status 200.
    Page,
    /// The call is performed, and the answer is replaced by the HTML page of a proxy, with status 500.
    ErrorPage,
    /// The answer is an error without an AWS error code.
    Codeless(Codeless),
    /// The answer is well-formed and empty: the server that answers the read does not have the data yet.
    Hidden,
    /// This answer of AWS, verbatim.
    Said(&'static Answer),
    /// The credentials are expired; the call is not performed.
    Expired,
    /// The time of the signature is skewed; the call is not performed.
    Skewed,
    /// The action is not allowed; the call is not performed.
    Denied,
    /// The service answers that the resource does not exist, although it does; the call is not performed.
    Unfound,
    /// Our own process loses power before the request is read: no further call is answered.
    CutBefore,
    /// Our own process loses power after the call is performed: no further call is answered.
    CutAfter,
}

/// An error that does not come from AWS and has no AWS error code: of a proxy, a firewall or a captive portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs, reason = "whoever makes one says all of it")]
pub struct Codeless {
    /// The HTTP status.
    pub status: u16,
    /// Whether it has an HTML page as its body; otherwise the body is empty.
    pub page: bool,
    /// Whether the call is performed anyway.
    pub done: bool,
}

/// An error code with its message and its HTTP status.
type Code = (&'static str, &'static str, u16);

/// The errors of a service that do not depend on the operation.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html>
#[derive(Debug, Clone, Copy)]
pub(crate) struct FaultCodes {
    pub(crate) throttled: Code,
    pub(crate) internal: Code,
    /// The credentials are expired.
    pub(crate) expired: Code,
    /// The time of the signature is skewed.
    pub(crate) skewed: Code,
    /// The action is not allowed.
    pub(crate) denied: Code,
}

impl FaultCodes {
    /// The errors of the services that speak JSON.
    pub(crate) const JSON: Self = Self {
        throttled: ("ThrottlingException", "Rate exceeded", 400),
        internal: ("InternalFailure", "An internal error has occurred", 500),
        expired: ("ExpiredTokenException", "The security token included in the request is expired", 403),
        skewed: ("SignatureDoesNotMatch", "Signature expired: the request is from another time", 403),
        denied: ("AccessDeniedException", "You are not authorized to perform this operation", 403),
    };

    /// The errors of the services that take forms.
    pub(crate) const QUERY: Self = Self { throttled: ("Throttling", "Rate exceeded", 400), ..Self::JSON };
}

/// The point at which a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    Before,
    After,
}

impl Fault {
    /// The transient faults: a retry succeeds.
    pub const PASSING: &'static [Self] = &[
        Self::Throttled,
        Self::Internal,
        Self::Unavailable,
        Self::Refused,
        Self::ResetBefore,
        Self::ResetAfter,
        Self::InternalAfter,
        Self::Late,
        Self::Truncated,
    ];

    pub(crate) fn when(self) -> When {
        match self {
            Self::ResetAfter | Self::InternalAfter | Self::Late | Self::CutAfter => When::After,
            Self::Truncated | Self::Emptied | Self::Page | Self::ErrorPage | Self::Hidden => When::After,
            Self::Codeless(error) if error.done => When::After,
            Self::Said(answer) if answer.after => When::After,
            _ => When::Before,
        }
    }

    /// The error response of AWS, or of a proxy before it, in place of the result.
    pub(crate) fn refusal(self, codes: &FaultCodes, request: &SavedRequest) -> Option<Refusal> {
        let (code, message, status) = match self {
            Self::Said(answer) => return Some(answer.refusal(request)),
            Self::Throttled => codes.throttled,
            Self::Internal | Self::InternalAfter => codes.internal,
            Self::Unavailable => ("ServiceUnavailable", "The service is unavailable", 503),
            Self::Expired => codes.expired,
            Self::Skewed => codes.skewed,
            Self::Denied => codes.denied,
            _ => return None,
        };
        Some(Refusal::new(code, message).status(status))
    }

    /// The SDK error for a lost answer.
    pub(crate) fn lost<E>(self) -> OrchestratorError<E> {
        match self {
            Self::Late => OrchestratorError::timeout("the attempt timed out".into()),
            _ => OrchestratorError::connector(self.no_connection()),
        }
    }

    /// The error of the SDK's connector for a connection that was refused or reset.
    pub(crate) fn no_connection(self) -> ConnectorError {
        let kind =
            if self == Self::Refused { io::ErrorKind::ConnectionRefused } else { io::ErrorKind::ConnectionReset };
        ConnectorError::io(io::Error::from(kind).into())
    }
}
