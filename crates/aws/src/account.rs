//! Checks that credentials renewed during a run are still of the account the run began in.
//!
//! Single sign-on, assumed roles and credential processes issue fresh credentials during a run, and a changed profile
//! may issue those of another account. The account of fresh credentials is read before any call is signed with them.
//! Credentials that never change cost no call.
//!
//! A credentials provider may fail transiently while dozens of calls wait for it: all of them get its error, and it
//! is called again only after a pause.
use crate::error::{causes, is_definite};
use aws_config::{SdkConfig, identity::IdentityCache};
use aws_credential_types::{
    Credentials,
    provider::{self, ProvideCredentials, SharedCredentialsProvider, error::CredentialsError, future},
};
use aws_smithy_types::retry::RetryConfig;
use std::{
    error::Error,
    fmt,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

pub use profile::Profile;

/// The pause before the provider is called again after a transient failure. It doubles with each further failure.
const PAUSE: Duration = Duration::from_secs(1);
/// The longest pause.
const LONGEST: Duration = Duration::from_secs(30);
/// The SDK's attempts for the call that reads the account of fresh credentials. The call changes nothing, so it is
/// safe to repeat.
const TRIES: u32 = 5;

/// The account and partition of a run, once they are known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Account(Arc<OnceLock<(String, String)>>);

impl Account {
    /// Fixes the account and partition. Later calls have no effect.
    pub(crate) fn settle(&self, account: &str, partition: &str) {
        self.0.get_or_init(|| (account.to_owned(), partition.to_owned()));
    }

    fn id(&self) -> Option<&str> {
        self.0.get().map(|(account, _)| account.as_str())
    }

    /// The partition: the part of its ARNs after `arn:`.
    pub(crate) fn partition(&self) -> Option<&str> {
        self.0.get().map(|(_, partition)| partition.as_str())
    }
}

/// Returns the same configuration with a credentials provider that accepts one account only.
pub(crate) fn only(config: SdkConfig, account: &Account) -> SdkConfig {
    let Some(inner) = config.credentials_provider() else { return config };
    let asking = config.clone();
    let (accepted, hiccup) = Default::default();
    let guarded = OneAccount { inner, asking, account: account.clone(), accepted, hiccup };
    config.into_builder().credentials_provider(SharedCredentialsProvider::new(guarded)).build()
}

#[derive(Debug)]
struct OneAccount {
    inner: SharedCredentialsProvider,
    /// The configuration of the call that reads the account of fresh credentials.
    asking: SdkConfig,
    account: Account,
    /// The access key of the last accepted credentials.
    accepted: Mutex<Option<String>>,
    /// The last transient failure, if none succeeded since.
    hiccup: Mutex<Option<Hiccup>>,
}

/// A provider failure that may pass.
#[derive(Clone, Debug)]
struct Hiccup {
    at: Instant,
    pause: Duration,
    message: Message,
}

/// The provider's error message, for all calls that wait for credentials.
#[derive(Clone, Debug)]
struct Message(String);

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Message {}

impl OneAccount {
    async fn provide(&self) -> provider::Result {
        let last = lock(&self.hiccup).clone();
        if let Some(last) = &last
            && last.at.elapsed() < last.pause
        {
            return Err(CredentialsError::provider_error(last.message.clone()));
        }
        let error = match self.fresh().await {
            Ok(fresh) => {
                *lock(&self.hiccup) = None;
                return Ok(fresh);
            }
            Err(error) => error,
        };
        if matches!(error, CredentialsError::CredentialsNotLoaded(_) | CredentialsError::InvalidConfiguration(_)) {
            return Err(error);
        }
        let message = causes(&error).map(ToString::to_string).collect::<Vec<_>>().join(": ");
        let ended = process::ended(&message);
        let is_program = ended.is_some() || message.contains("external process");
        let message = Message(match ended {
            Some(status) => process::failure(status).await,
            None => message,
        });
        // A user's program that fails before any credentials were accepted is not called again: the user must fix it,
        // and it may ask for a second factor.
        if is_program && (lock(&self.accepted).is_none() || is_definite(&error)) {
            return Err(CredentialsError::invalid_configuration(message));
        }
        let pause = last.map_or(PAUSE, |last| (last.pause * 2).min(LONGEST));
        *lock(&self.hiccup) = Some(Hiccup { at: Instant::now(), pause, message: message.clone() });
        Err(CredentialsError::provider_error(message))
    }

    /// Requests credentials and checks that they are of the run's account.
    async fn fresh(&self) -> provider::Result {
        let fresh = self.inner.provide_credentials().await?;
        let key = Some(fresh.access_key_id().to_owned());
        if let Some(account) = self.account.id().filter(|_| *lock(&self.accepted) != key) {
            self.same(account, &fresh).await?;
        }
        *lock(&self.accepted) = key;
        Ok(fresh)
    }

    /// [GetCallerIdentity](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html)
    async fn same(&self, account: &str, fresh: &Credentials) -> Result<(), CredentialsError> {
        // Bypasses the rate limiter: the calls that wait for these credentials may hold all of its permits.
        let config = aws_sdk_sts::config::Builder::from(&self.asking)
            .credentials_provider(fresh.clone())
            .identity_cache(IdentityCache::no_cache())
            .retry_config(RetryConfig::standard().with_max_attempts(TRIES));
        let asked = aws_sdk_sts::Client::from_conf(config.build()).get_caller_identity().send().await;
        let identity = asked.map_err(CredentialsError::provider_error)?;
        match identity.account() {
            Some(other) if other == account => Ok(()),
            Some(other) => Err(CredentialsError::invalid_configuration(format!(
                "the renewed credentials are of account {other}, and this run is in account {account}"
            ))),
            None => Err(CredentialsError::unhandled("AWS does not say whose the renewed credentials are")),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ProvideCredentials for OneAccount {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.provide())
    }

    fn fallback_on_interrupt(&self) -> Option<Credentials> {
        self.inner.fallback_on_interrupt()
    }
}

mod process;
mod profile;
#[cfg(test)]
mod tests;
