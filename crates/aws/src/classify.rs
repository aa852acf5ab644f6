//! Converts AWS errors to the engine's: the operation, AWS's message, error code and request id, the class, and a
//! hint. The rows of the services' tables decide.
use crate::{
    error::{Lack, Meaning, OrFail, Refusal, causes, class_of_credentials, credentials_message, rows},
    pages::Endless,
    services,
};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use std::{error::Error as StdError, io};
use vidpipe_engine::{Class, Error};
use vidpipe_text::clean;

mod call;
mod hints;
#[cfg(test)]
mod tables;
#[cfg(test)]
mod tests;

use call::Call;

/// The meaning of a refusal. Every refusal has a class: an unlisted error is `Unrecognized`.
pub fn meaning(of: &Refusal<'_>) -> Meaning {
    let api = services::apis().find(|api| api.name == of.service);
    rows::meaning(api.map_or(&[], |api| api.codes), of)
}

/// The class alone.
pub fn class_of(of: &Refusal<'_>) -> Class {
    meaning(of).class
}

impl<T, E> OrFail<T> for Result<T, SdkError<E, HttpResponse>>
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    fn or_fail(self, doing: &str) -> vidpipe_engine::Result<T> {
        self.map_err(|e| {
            let call = Call::of::<E>();
            let code = e.meta().code().filter(|code| is_code(code)).unwrap_or_default().to_owned();
            let message = e.meta().message().filter(|_| !code.is_empty()).map(clean).filter(|s| !s.is_empty());
            let status = e.raw_response().map(|answer| answer.status().as_u16());
            let refusal = Refusal {
                service: call.service,
                action: &call.action,
                code: &code,
                message: message.as_deref().unwrap_or_default(),
                status: status.unwrap_or_default(),
            };
            let means = means(&e, &refusal);
            let message =
                message.clone().or_else(|| credentials_message(&e)).unwrap_or_else(|| unsaid(&e, &code, status));
            let message = if means.class == Class::Unrecognized { format!("{UNKNOWN}: {message}") } else { message };
            Error {
                otherwise: means.otherwise,
                patience: means.patience.and_then(|lasts| lasts.as_secs().try_into().ok()),
                hint: hints::hint(&means, &refusal).map(Into::into),
                call: Some(call.to_string().into()),
                code: Some(code.as_str()).filter(|c| !c.is_empty()).map(Into::into),
                request_id: request_id(&e).map(Into::into),
                ..Error::new(means.class, format!("{doing}: {message}"))
            }
            .caused_by(e)
        })
    }
}

/// The message prefix for an error that no table lists.
const UNKNOWN: &str = "an answer that vidpipe does not know";

fn means<E>(e: &SdkError<E, HttpResponse>, refusal: &Refusal<'_>) -> Meaning
where
    E: StdError + Send + Sync + 'static,
{
    if let Some(class) = class_of_credentials(e) {
        return class.into();
    }
    if let Some(endless) = causes(e).find_map(|cause| cause.downcast_ref::<Endless>()) {
        let class = if *endless == Endless::Round { Class::Unclear } else { Class::Invalid };
        return Meaning { hint: Some(hints::ALTERED), ..class.into() };
    }
    match e {
        // The answer cannot be read: the operation may have succeeded.
        SdkError::ServiceError(_) if refusal.code.is_empty() => Class::Unclear.into(),
        SdkError::ServiceError(_) => meaning(refusal),
        SdkError::TimeoutError(_) | SdkError::ResponseError(_) => Class::Unclear.into(),
        SdkError::DispatchFailure(_) if never_left(e) => Class::NotSent.into(),
        SdkError::DispatchFailure(_) => Class::Unclear.into(),
        _ => Class::Invalid.into(),
    }
}

/// Returns whether `code` has the form of an AWS error code: a name, such as `InvalidVpcID.NotFound`. Other servers
/// send a number or a sentence.
fn is_code(code: &str) -> bool {
    code.starts_with(|c: char| c.is_ascii_alphabetic())
        && code.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '-' | '_'))
}

fn never_left(e: &(dyn StdError + 'static)) -> bool {
    causes(e).any(|c| c.downcast_ref::<io::Error>().is_some_and(|io| io.kind() == io::ErrorKind::ConnectionRefused))
        || causes(e).any(|c| c.to_string().contains("dns error"))
}

/// The message where AWS sends none. The body of the answer is never quoted: it may hold part of a secret.
fn unsaid<E>(e: &SdkError<E, HttpResponse>, code: &str, status: Option<u16>) -> String
where
    E: StdError + Send + Sync + 'static,
{
    match status {
        Some(status) if code.is_empty() => match causes(e).find_map(|cause| cause.downcast_ref::<Lack>()) {
            Some(lack) => format!("HTTP {status}, with {lack}"),
            None if (200..300).contains(&status) => format!("HTTP {status}, with an answer that cannot be read"),
            None => format!("HTTP {status}, with an answer that has no error code of AWS's"),
        },
        Some(status) => format!("{code} (HTTP {status})"),
        None if code.is_empty() => innermost(e),
        None => code.to_owned(),
    }
}

fn innermost(e: &(dyn StdError + 'static)) -> String {
    clean(&causes(e).last().map_or_else(|| e.to_string(), ToString::to_string))
}

/// AWS's request id: from the error, or from the response headers if the error cannot be read.
fn request_id<E>(e: &SdkError<E, HttpResponse>) -> Option<String>
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    let head = || {
        let headers = e.raw_response()?.headers();
        ["x-amzn-requestid", "x-amzn-request-id", "x-amz-request-id"].iter().find_map(|name| headers.get(*name))
    };
    e.meta().extra("aws_request_id").or_else(head).map(clean)
}
