//! AWS's errors, as the engine's: what was being done, what AWS said, its code and request id, and what to do next.
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use std::{error::Error as StdError, io};
use vidpipe_engine::{Class, Error};

mod codes;
mod credentials;
pub use codes::class_of;
pub(crate) use codes::speaks_of_throttling;

/// What a kind writes after an AWS call: `.send().await.or_fail("create the queue")?`
pub trait OrFail<T> {
    /// The answer, or the engine's error: what was being done, what AWS said, its code and its request id.
    ///
    /// # Errors
    /// When the call failed.
    fn or_fail(self, doing: &str) -> vidpipe_engine::Result<T>;
}

impl<T, E> OrFail<T> for Result<T, SdkError<E, HttpResponse>>
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    fn or_fail(self, doing: &str) -> vidpipe_engine::Result<T> {
        self.map_err(|e| {
            let meta = e.meta();
            let (code, said) = (meta.code().unwrap_or_default().to_owned(), meta.message().map(clean));
            let class = class(&e, &code, said.as_deref().unwrap_or_default());
            let request_id = meta.extra("aws_request_id").map(str::to_owned);
            let said = said.filter(|s| !s.is_empty()).or_else(|| credentials::said(&e));
            let said = said.unwrap_or_else(|| if code.is_empty() { innermost(&e) } else { code.clone() });
            Error {
                code: Some(code).filter(|c| !c.is_empty()),
                request_id,
                hint: hint(class, &said),
                ..Error::new(class, format!("{doing}: {said}"))
            }
            .caused_by(e)
        })
    }
}

fn class<E>(e: &SdkError<E, HttpResponse>, code: &str, message: &str) -> Class
where
    E: StdError + Send + Sync + 'static,
{
    if let Some(class) = credentials::class(e) {
        return class;
    }
    match e {
        SdkError::ServiceError(s) => class_of(code, message).unwrap_or_else(|| match s.raw().status().as_u16() {
            404 => Class::NotFound,
            429 => Class::Throttled,
            401 | 403 => Class::Denied,
            500.. => Class::Unclear,
            _ => Class::Invalid,
        }),
        SdkError::TimeoutError(_) | SdkError::ResponseError(_) => Class::Unclear,
        SdkError::DispatchFailure(_) if never_left(e) => Class::NotSent,
        SdkError::DispatchFailure(_) => Class::Unclear,
        _ => Class::Invalid,
    }
}

pub(crate) fn causes<'a>(e: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    fn next<'a>(e: &&'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
        (*e).source()
    }
    std::iter::successors(Some(e), next)
}

fn never_left(e: &(dyn StdError + 'static)) -> bool {
    causes(e).any(|c| c.downcast_ref::<io::Error>().is_some_and(|io| io.kind() == io::ErrorKind::ConnectionRefused))
        || causes(e).any(|c| c.to_string().contains("dns error"))
}

fn innermost(e: &(dyn StdError + 'static)) -> String {
    clean(&causes(e).last().map_or_else(|| e.to_string(), ToString::to_string))
}

/// AWS's words on one line, without control characters that a terminal would obey.
fn clean(said: &str) -> String {
    said.split(|c: char| c.is_control()).filter(|s| !s.is_empty()).collect::<Vec<_>>().join(" ")
}

fn hint(class: Class, said: &str) -> Option<String> {
    Some(
        match class {
            Class::Expired => {
                "sign in again (`aws sso login`, or fresh keys in the environment) and run the same command: it \
                 continues where it stopped. To try vidpipe without an account, add --sandbox"
            }
            Class::Denied if said.contains("skew") || said.contains("expired") => {
                "this machine's clock may be wrong: compare it with `date -u`"
            }
            Class::Denied => {
                "allow this action to the credentials in use (the user guide lists what is needed), then run again"
            }
            Class::Quota => {
                "raise the quota in the Service Quotas console, or remove something of that kind, then run again"
            }
            Class::Capacity => {
                "AWS has no such capacity in that zone now: run again later, or choose another size in the spec"
            }
            _ => return None,
        }
        .into(),
    )
}
