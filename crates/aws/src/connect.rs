//! Connecting to AWS: the SDK's configuration, in one place, its interceptors, and the rate limiter.
//!
//! The SDK's own retries are disabled for every call: the SDK repeats a request that succeeded but whose response was
//! lost, which creates duplicates. The engine retries instead, as each kind's identity allows.
use crate::{
    Aws,
    error::Whole,
    pages::Paging,
    rate_limiter::{Naming, RateLimiter},
    services,
    wire_log::Telling,
};
use aws_config::{
    AppName, BehaviorVersion, Region, SdkConfig, identity::IdentityCache, profile::ProfileFileCredentialsProvider,
    timeout::TimeoutConfig,
};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_runtime_api::client::{http::SharedHttpClient, interceptors::SharedInterceptor};
use aws_smithy_types::retry::RetryConfig;
use std::{sync::Arc, time::Duration};
use vidpipe_engine::Budgets;

/// How to reach AWS.
#[derive(Default)]
pub struct Connection {
    /// The region of all calls.
    pub region: String,
    /// The HTTP client; `None` uses the network.
    pub http: Option<SharedHttpClient>,
    /// The credentials provider; `None` uses the standard chain of environment, profile, single sign-on and machine
    /// roles.
    pub credentials: Option<SharedCredentialsProvider>,
    /// The profile of the user's AWS files whose credentials are used; `None` uses the one that is selected there.
    pub profile: Option<String>,
    /// Interceptors that see typed inputs and outputs.
    pub interceptors: Vec<SharedInterceptor>,
    /// Leaves the SDK's own retries enabled: only for showing that even then nothing is created twice.
    pub sdk_retries: bool,
    /// Disables the rate limiter, as for an emulator. On AWS each call waits until AWS's call budgets allow it. On
    /// the network the rate limiter is also off if the configured endpoints are an emulator's.
    pub unmetered: bool,
    /// The account's remaining call budgets. Connections that share them share one rate.
    pub budgets: Arc<Budgets>,
}

impl Connection {
    /// A connection to an AWS inside this process: requests go to this client, and any signature is accepted.
    pub fn in_process(region: &str, http: SharedHttpClient, interceptors: Vec<SharedInterceptor>) -> Self {
        let keys = Credentials::new("sandbox", "sandbox", None, None, "vidpipe sandbox");
        let credentials = Some(SharedCredentialsProvider::new(keys));
        Self {
            region: region.into(),
            http: Some(http),
            credentials,
            profile: None,
            interceptors,
            sdk_retries: false,
            unmetered: false,
            budgets: Arc::default(),
        }
    }
}

const APP_NAME: &str = concat!("vidpipe-", env!("CARGO_PKG_VERSION"));
/// The connect timeout.
const CONNECT: Duration = Duration::from_secs(3);
/// The timeout for loading credentials: a user's program may ask for a second factor.
const SIGN_IN: Duration = Duration::from_secs(300);

impl Aws {
    /// Builds the clients for a connection. Makes no call yet.
    ///
    /// With an HTTP client in the connection (the sandbox), neither the environment nor the user's AWS files are
    /// read.
    pub async fn connect(connection: Connection) -> Self {
        let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT).build();
        let retries = if connection.sdk_retries { RetryConfig::standard() } else { RetryConfig::disabled() };
        let (region, name) = (Region::new(connection.region.clone()), AppName::new(APP_NAME).ok());
        let rate_limiter = RateLimiter::default();
        let config = match connection.http {
            Some(http) => {
                let mut config = SdkConfig::builder()
                    .behavior_version(BehaviorVersion::latest())
                    .region(region)
                    .timeout_config(timeouts)
                    .http_client(rate_limiter.watching(http));
                config.set_app_name(name).set_credentials_provider(connection.credentials);
                config.build()
            }
            None => {
                // Sets no retries here: fetching credentials changes nothing, so it keeps the SDK's retries.
                let mut loader = aws_config::defaults(BehaviorVersion::latest())
                    .region(region)
                    .timeout_config(timeouts)
                    .http_client(rate_limiter.watching(network()));
                if let Some(name) = name {
                    loader = loader.app_name(name);
                }
                if let Some(profile) = connection.profile {
                    // Not as the loader's profile, which credentials in the environment would come before.
                    let credentials = ProfileFileCredentialsProvider::builder().profile_name(profile).build();
                    loader = loader.credentials_provider(credentials);
                }
                if let Some(credentials) = connection.credentials {
                    loader = loader.credentials_provider(credentials);
                }
                loader.load().await
            }
        };
        let identities = rate_limiter.before(IdentityCache::lazy().load_timeout(SIGN_IN).build());
        let config = config.into_builder().retry_config(retries).identity_cache(identities).build();
        let first = [SharedInterceptor::new(Naming), SharedInterceptor::new(Paging), SharedInterceptor::new(Telling)];
        let last = [SharedInterceptor::new(Whole)];
        let interceptors: Vec<_> = first.into_iter().chain(connection.interceptors).chain(last).collect();
        let mut aws = Self::from_config(config, &interceptors, connection.region);
        aws.permitted = rate_limiter.permitted.clone();
        if !connection.unmetered && aws.endpoints.emulator().is_none() {
            rate_limiter.count(connection.budgets, services::budgets);
        }
        if aws.endpoints.is_emulated("s3") {
            // Behind an endpoint of the user's own, buckets need not have their own host names. The SDK switches to
            // path style only for bare IP addresses.
            aws.s3 = aws_sdk_s3::Client::from_conf(aws.s3.config().to_builder().force_path_style(true).build());
        }
        aws
    }
}

fn network() -> SharedHttpClient {
    use aws_smithy_http_client::{
        Builder,
        tls::{Provider, rustls_provider::CryptoMode},
    };
    Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build_https()
}
