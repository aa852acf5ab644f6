//! Faults between us and AWS, while AWS itself works.
//!
//! A fault before the work leaves AWS unchanged. A fault after the work loses the answer of a call that was performed,
//! which is how resources are created twice or forgotten.

use std::io;

use aws_smithy_runtime_api::client::orchestrator::OrchestratorError;
use aws_smithy_runtime_api::client::result::ConnectorError;

use crate::answers::Answer;
use crate::context::Refusal;
use crate::world::SavedRequest;

mod unfound;

pub(crate) use unfound::unfound;

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
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>,
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>
    pub(crate) fn refusal(self, service: &str, request: &SavedRequest) -> Option<Refusal> {
        let (ec2, s3) = (service == "EC2", service == "S3");
        let refusal = match self {
            Self::Throttled => return Some(throttled(service)),
            Self::Said(answer) => answer.refusal(request),
            Self::Internal | Self::InternalAfter if s3 => {
                Refusal::new("InternalError", "We encountered an internal error.").status(500)
            }
            Self::Internal | Self::InternalAfter => {
                Refusal::new("InternalFailure", "An internal error has occurred").status(500)
            }
            Self::Unavailable => Refusal::new("ServiceUnavailable", "The service is unavailable").status(503),
            Self::Expired if s3 => Refusal::new("ExpiredToken", "The provided token has expired.").status(400),
            Self::Expired => {
                let code = if ec2 { "RequestExpired" } else { "ExpiredTokenException" };
                Refusal::new(code, "The security token included in the request is expired").status(403)
            }
            Self::Skewed if s3 => {
                let message = "The difference between the request time and the current time is too large.";
                Refusal::new("RequestTimeTooSkewed", message).status(403)
            }
            Self::Skewed => {
                let code = if ec2 { "AuthFailure" } else { "SignatureDoesNotMatch" };
                Refusal::new(code, "Signature expired: the request is from another time").status(403)
            }
            Self::Denied if s3 => Refusal::new("AccessDenied", "Access Denied").status(403),
            Self::Denied => {
                let code = if ec2 { "UnauthorizedOperation" } else { "AccessDeniedException" };
                Refusal::new(code, "You are not authorized to perform this operation").status(403)
            }
            _ => return None,
        };
        Some(refusal)
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

/// The throttling error of the service.
///
/// EC2: <https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html>; API Gateway:
/// <https://docs.aws.amazon.com/apigateway/latest/api/API_CreateRestApi.html>; S3:
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>; others:
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html>
pub(crate) fn throttled(service: &str) -> Refusal {
    let (code, status) = match service {
        "EC2" => ("RequestLimitExceeded", 503),
        "API Gateway" => ("TooManyRequestsException", 429),
        "S3" => ("SlowDown", 503),
        "IAM" | "RDS" | "ElastiCache" | "CloudWatch" | "Elastic Load Balancing v2" | "SNS" | "STS" => {
            ("Throttling", 400)
        }
        _ => ("ThrottlingException", 400),
    };
    Refusal::new(code, "Rate exceeded").status(status)
}
