//! Credentials that are renewed in the middle of a run must still be of the account the run began in.
//!
//! Single sign-on, assumed roles and credential processes hand out fresh credentials while a run waits, and a changed
//! profile may hand out those of another account. Whatever is fresh is asked for its account before any call is signed
//! with it. Credentials that never change cost no call.
use aws_config::SdkConfig;
use aws_credential_types::{
    Credentials,
    provider::{self, ProvideCredentials, SharedCredentialsProvider, error::CredentialsError, future},
};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The account a run is in, once it is known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Account(Arc<OnceLock<String>>);

impl Account {
    /// From now on no other account will do. The first word counts.
    pub(crate) fn settle(&self, account: &str) {
        self.0.get_or_init(|| account.to_owned());
    }
}

/// The same configuration, whose credentials are of one account only.
pub(crate) fn only(config: SdkConfig, account: &Account) -> SdkConfig {
    let Some(inner) = config.credentials_provider() else { return config };
    let asking = config.clone();
    let guarded = OneAccount { inner, asking, account: account.clone(), accepted: Mutex::default() };
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
}

impl OneAccount {
    async fn provide(&self) -> provider::Result {
        let fresh = self.inner.provide_credentials().await?;
        let key = Some(fresh.access_key_id().to_owned());
        if let Some(account) = self.account.0.get().filter(|_| *self.accepted() != key) {
            self.same(account, &fresh).await?;
        }
        *self.accepted() = key;
        Ok(fresh)
    }

    fn accepted(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.accepted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// [GetCallerIdentity](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html)
    async fn same(&self, account: &str, fresh: &Credentials) -> Result<(), CredentialsError> {
        let config = aws_sdk_sts::config::Builder::from(&self.asking).credentials_provider(fresh.clone());
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
