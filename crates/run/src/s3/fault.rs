//! S3's errors, as the object store's callers know them.
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use std::error::Error as StdError;
use vidpipe_store::remote::{Fault, Refusal};

/// Translates an error.
/// [Error responses](https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html)
pub(super) fn fault<E>(e: SdkError<E, HttpResponse>, action: &'static str) -> Fault
where
    E: ProvideErrorMetadata + StdError + 'static,
{
    let SdkError::ServiceError(answer) = &e else { return unanswered(e, action) };
    let (status, code) = (answer.raw().status().as_u16(), answer.err().code().unwrap_or_default());
    let message = match answer.err().message() {
        Some(message) => format!("{message} ({code})"),
        None if code.is_empty() => format!("S3 answers with status {status}"),
        None => code.to_owned(),
    };
    let refused = |why| Fault::Refused { why, action, message: message.clone() };
    match (status, code) {
        (_, "NoSuchBucket") => refused(Refusal::NoBucket),
        (412, _) | (404, _) => Fault::Unmet,
        (_, "ConditionalRequestConflict" | "OperationAborted") => Fault::Conflict,
        (_, code) if code.starts_with("KMS.") => refused(Refusal::Key),
        (
            _,
            "ExpiredToken" | "InvalidToken" | "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "TokenRefreshRequired",
        ) => refused(Refusal::Credentials),
        (401 | 403, _) => refused(Refusal::Denied),
        (429 | 500.., _) | (_, "SlowDown" | "RequestTimeout") => Fault::Unclear(message),
        _ => refused(Refusal::Other),
    }
}

/// An error without an answer: the request may have been carried out, unless it was never sent.
fn unanswered<E>(e: SdkError<E, HttpResponse>, action: &'static str) -> Fault
where
    E: StdError + 'static,
{
    let causes = |e: &dyn StdError| {
        let mut text = Vec::new();
        let mut next = Some(e);
        while let Some(cause) = next {
            text.push(cause.to_string());
            next = cause.source();
        }
        text.dedup();
        text.join(": ")
    };
    let message = causes(&e);
    let signs_in = matches!(&e, SdkError::ConstructionFailure(_)) || message.contains("credential");
    match e {
        // While a run lasts, its credentials are fetched again until its lease ends.
        _ if signs_in && !matches!(action, "s3:PutObject" | "s3:DeleteObject") => {
            Fault::Refused { why: Refusal::Credentials, action, message }
        }
        _ => Fault::Unclear(message),
    }
}
