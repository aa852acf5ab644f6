//! What goes wrong between us and AWS, though AWS itself is well.
//!
//! A fault before the work leaves AWS as it was; a fault after the work swallows the answer of a call that was done,
//! which is how things get made twice or forgotten.

use std::io;

use aws_smithy_runtime_api::client::orchestrator::OrchestratorError;
use aws_smithy_runtime_api::client::result::ConnectorError;

use crate::answers::Answer;
use crate::context::Refusal;
use crate::world::SavedRequest;

mod unfound;

pub(crate) use unfound::unfound;

/// A call, as whoever decides about faults sees it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Asked<'a> {
    /// The service, as the SDK names it, such as `EC2` or `API Gateway`.
    pub service: &'a str,
    /// The operation, such as `CreateVpc`.
    pub operation: &'a str,
    /// Whether it may change something: its name is not that of a look.
    pub changes: bool,
    /// How many calls came before it, in all.
    pub number: u64,
    /// How many calls that may change something came before it.
    pub change: u64,
}

/// Whether an operation of that name can change nothing.
#[must_use]
pub fn is_look(operation: &str) -> bool {
    ["Get", "List", "Describe"].iter().any(|verb| operation.starts_with(verb))
}

/// One thing that goes wrong with one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// Too many calls; nothing is done.
    Throttled,
    /// HTTP 500; nothing is done.
    Internal,
    /// HTTP 503; nothing is done.
    Unavailable,
    /// No connection; nothing is done.
    Refused,
    /// The connection is reset before the request is read; nothing is done.
    ResetBefore,
    /// The work is done, and the connection is reset before the answer.
    ResetAfter,
    /// The work is done, and the answer is HTTP 500.
    InternalAfter,
    /// The work is done, and the answer comes later than the attempt may take.
    Late,
    /// The work is done, and the answer's body breaks off in the middle: a proxy on the way took what it had for all.
    Truncated,
    /// The work is done, and the answer has lost its body.
    Emptied,
    /// The work is done, and in place of the answer comes somebody's HTML page, with status 200.
    Page,
    /// The work is done, and in place of the answer comes somebody's HTML page, with status 500.
    ErrorPage,
    /// In place of the answer comes an error that is none of AWS's.
    Codeless(Codeless),
    /// The answer is well formed and shows nothing: whoever answers a look has not heard of anything.
    Hidden,
    /// AWS says that, word for word.
    Said(&'static Answer),
    /// The credentials have run out; nothing is done.
    Expired,
    /// The signature is from another time; nothing is done.
    Skewed,
    /// The action is not allowed; nothing is done.
    Denied,
    /// The service says that there is no such thing, though there is; nothing is done.
    Unfound,
    /// Our own process loses its power before the request is read: no call is ever answered again.
    CutBefore,
    /// Our own process loses its power when the work is done: no call is ever answered again.
    CutAfter,
}

/// An error that is none of AWS's, and has none of its codes: of a proxy, a firewall, a captive portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs, reason = "whoever makes one says all of it")]
pub struct Codeless {
    /// The HTTP status.
    pub status: u16,
    /// It is a web page; otherwise it has no body.
    pub page: bool,
    /// The work is done all the same.
    pub done: bool,
}

/// When a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    Before,
    After,
}

impl Fault {
    /// The faults that pass by themselves: asking again is the cure.
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

    /// What AWS, or a machine before it, answers in place of doing the work.
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

    /// What the SDK sees in place of an answer that was lost.
    pub(crate) fn lost<E>(self) -> OrchestratorError<E> {
        match self {
            Self::Late => OrchestratorError::timeout("the attempt timed out".into()),
            _ => OrchestratorError::connector(self.no_connection()),
        }
    }

    /// What the SDK's connector says of a connection that was not made, or broke.
    pub(crate) fn no_connection(self) -> ConnectorError {
        let kind =
            if self == Self::Refused { io::ErrorKind::ConnectionRefused } else { io::ErrorKind::ConnectionReset };
        ConnectorError::io(io::Error::from(kind).into())
    }
}

/// The service's own way of saying that there were too many calls.
///
/// EC2: <https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html>;
/// API Gateway: <https://docs.aws.amazon.com/apigateway/latest/api/API_CreateRestApi.html>;
/// S3: <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>;
/// others: <https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html>
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
