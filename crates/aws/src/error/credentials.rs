//! Classifies missing credentials: either the user must act, or a retry is enough.
use super::causes;
use aws_credential_types::provider::error::CredentialsError;
use std::{error::Error as StdError, io};
use vidpipe_engine::Class;

/// Messages, in lower case, about credentials that only their user can renew. Providers have no error codes.
const DEFINITE: &[&str] = &[
    "expired",
    "unauthorized",
    "not authorized",
    "accessdenied",
    "access denied",
    "forbidden",
    "invalidgrant",
    "invalid_grant",
    "invalidclienttokenid",
    "unrecognizedclient",
    "signaturedoesnotmatch",
    "failed to load the cached sso token",
    "no such file",
    "not found",
];

/// The class of a credentials error, if it is one. A request without credentials was never sent.
pub(crate) fn class(e: &(dyn StdError + 'static)) -> Option<Class> {
    let own = causes(e).filter_map(|cause| cause.downcast_ref::<CredentialsError>()).last();
    match own {
        Some(CredentialsError::CredentialsNotLoaded(_) | CredentialsError::InvalidConfiguration(_)) => {
            Some(Class::Expired)
        }
        Some(_) if is_definite(e) => Some(Class::Expired),
        Some(_) => Some(Class::NotSent),
        // The identity cache has its own timeout, without an error type.
        None => {
            causes(e).any(|cause| cause.to_string().contains("identity resolver timed out")).then_some(Class::NotSent)
        }
    }
}

/// Returns whether the message of an error means that the user must act.
pub(crate) fn is_definite(e: &(dyn StdError + 'static)) -> bool {
    causes(e).any(says_so)
}

fn says_so(cause: &(dyn StdError + 'static)) -> bool {
    if cause.downcast_ref::<io::Error>().is_some_and(|io| io.kind() == io::ErrorKind::NotFound) {
        return true;
    }
    let message = cause.to_string().to_lowercase();
    DEFINITE.iter().any(|word| message.contains(word))
}

/// A short message for missing credentials: the provider chain lists at length what each provider lacks.
pub(crate) fn message(e: &(dyn StdError + 'static)) -> Option<String> {
    causes(e)
        .filter_map(|c| c.downcast_ref::<CredentialsError>())
        .any(|c| matches!(c, CredentialsError::CredentialsNotLoaded(_)))
        .then(|| "there are no credentials in the environment, in a profile, or of this machine".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_the_user_can_renew_is_expired() {
        for error in [
            CredentialsError::not_loaded("nothing in the profile"),
            CredentialsError::invalid_configuration("a profile that refers to itself"),
            CredentialsError::provider_error("the SSO token has expired and cannot be refreshed"),
            CredentialsError::provider_error("UnauthorizedException: Session token not found or invalid"),
            CredentialsError::provider_error("service error: ExpiredTokenException"),
            CredentialsError::provider_error(io::Error::from(io::ErrorKind::NotFound)),
        ] {
            let text = format!("{error:?}");
            assert_eq!(class(&error), Some(Class::Expired), "{text}");
        }
    }

    #[test]
    fn what_passes_was_not_sent() {
        for error in [
            CredentialsError::provider_error("service error: InternalFailure"),
            CredentialsError::provider_error("external process exited with code 1"),
            CredentialsError::provider_error(io::Error::from(io::ErrorKind::ConnectionReset)),
            CredentialsError::provider_timed_out(std::time::Duration::from_secs(300)),
            CredentialsError::unhandled("half an answer"),
        ] {
            let text = format!("{error:?}");
            assert_eq!(class(&error), Some(Class::NotSent), "{text}");
        }
    }

    #[test]
    fn another_error_says_nothing_of_credentials() {
        assert_eq!(class(&io::Error::from(io::ErrorKind::NotFound)), None);
    }
}
