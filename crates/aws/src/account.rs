//! Credentials that are renewed in the middle of a run must still be of the account the run began in.
//!
//! Single sign-on, assumed roles and credential processes hand out fresh credentials while a run waits, and a changed
//! profile may hand out those of another account. Whatever is fresh is asked for its account before any call is signed
//! with it. Credentials that never change cost no call.
//!
//! Whoever hands them out may have a hiccup, and dozens of calls may wait for the same ones: all are told of it, and it is
//! asked again only after a pause.
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

/// After a hiccup nobody is asked for credentials for this long, and for twice as long after each further one.
const PAUSE: Duration = Duration::from_secs(1);
/// The longest such pause.
const LONGEST: Duration = Duration::from_secs(30);
/// The question whose fresh credentials are changes nothing: the SDK may ask it so often.
const TRIES: u32 = 5;

/// The account a run is in, and its partition, once it is known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Account(Arc<OnceLock<(String, String)>>);

impl Account {
    /// From now on no other account will do. The first word counts.
    pub(crate) fn settle(&self, account: &str, partition: &str) {
        self.0.get_or_init(|| (account.to_owned(), partition.to_owned()));
    }

    fn id(&self) -> Option<&str> {
        self.0.get().map(|(account, _)| account.as_str())
    }

    /// What ARNs in it begin with after `arn:`.
    pub(crate) fn partition(&self) -> Option<&str> {
        self.0.get().map(|(_, partition)| partition.as_str())
    }
}

/// The same configuration, whose credentials are of one account only.
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
    /// How to ask whose fresh credentials are.
    asking: SdkConfig,
    account: Account,
    /// The access key of the last credentials that were let through.
    accepted: Mutex<Option<String>>,
    /// The last time there were none, if there were none since.
    hiccup: Mutex<Option<Hiccup>>,
}

/// There were no credentials, for a reason that may pass.
#[derive(Clone, Debug)]
struct Hiccup {
    at: Instant,
    pause: Duration,
    said: Said,
}

/// What was said instead of credentials, for all who wait for them.
#[derive(Clone, Debug)]
struct Said(String);

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Said {}

impl OneAccount {
    async fn provide(&self) -> provider::Result {
        let last = lock(&self.hiccup).clone();
        if let Some(last) = &last
            && last.at.elapsed() < last.pause
        {
            return Err(CredentialsError::provider_error(last.said.clone()));
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
        let said = causes(&error).map(ToString::to_string).collect::<Vec<_>>().join(": ");
        let ended = process::ended(&said);
        let is_program = ended.is_some() || said.contains("external process");
        let said = Said(match ended {
            Some(status) => process::told(status).await,
            None => said,
        });
        // What a user's program refuses at the very first is for the user to mend: it may ask for a second factor.
        if is_program && (lock(&self.accepted).is_none() || is_definite(&error)) {
            return Err(CredentialsError::invalid_configuration(said));
        }
        let pause = last.map_or(PAUSE, |last| (last.pause * 2).min(LONGEST));
        *lock(&self.hiccup) = Some(Hiccup { at: Instant::now(), pause, said: said.clone() });
        Err(CredentialsError::provider_error(said))
    }

    /// Credentials of the account.
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
        // Without a turn: whoever waits for the same credentials may have taken all of them.
        let config = aws_sdk_sts::config::Builder::from(&self.asking)
            .credentials_provider(fresh.clone())
            .identity_cache(IdentityCache::no_cache())
            .retry_config(RetryConfig::standard().with_max_attempts(TRIES));
        let asked = aws_sdk_sts::Client::from_conf(config.build()).get_caller_identity().send().await;
        let said = asked.map_err(CredentialsError::provider_error)?;
        match said.account() {
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
