//! The AWS clients of all services vidpipe uses, configured in one place.
//!
//! The SDK's own retries are disabled for every call: the SDK repeats a request that succeeded but whose response was
//! lost, which creates duplicates. The engine retries instead, as each kind's identity allows.
use crate::{
    absences::Absences,
    account::{self, Account},
    batched::Batchers,
    error::{OrFail, Whole},
    owner::Owners,
    pages::Paging,
    partition,
    rate_limiter::{Naming, RateLimiter},
    rds,
    service_endpoints::{Asked, Endpoints},
    wire_log::Telling,
};
use aws_config::{AppName, BehaviorVersion, Region, SdkConfig, identity::IdentityCache, timeout::TimeoutConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_runtime_api::client::{http::SharedHttpClient, interceptors::SharedInterceptor};
use aws_smithy_types::retry::RetryConfig;
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use vidpipe_engine::{Class, Error, Result, Stop, pace::Budgets, patiently};

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
            interceptors,
            sdk_retries: false,
            unmetered: false,
            budgets: Arc::default(),
        }
    }
}

/// The account and partition of the credentials in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The twelve digits of the account.
    pub account: String,
    /// The partition, such as `aws` or `aws-cn`: the part of its ARNs after `arn:`.
    pub partition: String,
}

macro_rules! clients { ($($(#[$doc:meta])* $field:ident: $sdk:ident),* $(,)?) => {
    /// The SDK's crates.
    #[cfg(test)]
    pub(crate) const SDKS: &[&str] = &[$(stringify!($sdk)),*];

    /// One client per service, and the tags every resource carries besides our own.
    pub struct Aws {
        $($(#[$doc])* pub $field: $sdk::Client,)*
        /// The region of all calls.
        pub region: String,
        /// The endpoints of the services.
        pub endpoints: Endpoints,
        /// The user's tags for every resource.
        pub extra_tags: BTreeMap<String, String>,
        account: Account,
        /// The owners read so far.
        pub(crate) owners: Owners,
        /// The batched reads in progress.
        pub(crate) looks: Batchers,
        /// The absences that security properties depend on.
        pub(crate) absences: Absences,
        /// The RDS events of the databases being waited for.
        pub(crate) rds_events: rds::Events,
    }

    impl Aws {
        pub(crate) fn from_config(config: SdkConfig, interceptors: &[SharedInterceptor], region: String) -> Self {
            let account = Account::default();
            let mut endpoints = Endpoints::default();
            let (config, address) = Asked::of(config);
            let config = &account::only(config, &account);
            Self {
                $($field: $sdk::Client::from_conf({
                    let mut builder = $sdk::config::Builder::from(config);
                    endpoints.note(stringify!($field), address());
                    for i in interceptors {
                        builder.push_interceptor(i.clone());
                    }
                    builder.build()
                }),)*
                region,
                endpoints,
                extra_tags: BTreeMap::new(),
                account,
                owners: Owners::default(),
                looks: Batchers::default(),
                absences: Absences::default(),
                rds_events: rds::Events::default(),
            }
        }
    }
} }

clients! {
    /// API Gateway, REST APIs.
    apigateway: aws_sdk_apigateway,
    /// CloudTrail.
    cloudtrail: aws_sdk_cloudtrail,
    /// CloudWatch alarms.
    cloudwatch: aws_sdk_cloudwatch,
    /// EC2 and VPC.
    ec2: aws_sdk_ec2,
    /// ECS.
    ecs: aws_sdk_ecs,
    /// EFS.
    efs: aws_sdk_efs,
    /// ElastiCache.
    elasticache: aws_sdk_elasticache,
    /// Elastic Load Balancing.
    elb: aws_sdk_elasticloadbalancingv2,
    /// IAM.
    iam: aws_sdk_iam,
    /// Kinesis data streams.
    kinesis: aws_sdk_kinesis,
    /// KMS.
    kms: aws_sdk_kms,
    /// CloudWatch Logs.
    logs: aws_sdk_cloudwatchlogs,
    /// RDS.
    rds: aws_sdk_rds,
    /// The Data API of RDS.
    rds_data: aws_sdk_rdsdata,
    /// S3.
    s3: aws_sdk_s3,
    /// Application Auto Scaling.
    scaling: aws_sdk_applicationautoscaling,
    /// Secrets Manager.
    secrets: aws_sdk_secretsmanager,
    /// SNS.
    sns: aws_sdk_sns,
    /// SQS.
    sqs: aws_sdk_sqs,
    /// STS.
    sts: aws_sdk_sts,
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
        if !connection.unmetered && aws.endpoints.emulator().is_none() {
            rate_limiter.count(connection.budgets);
        }
        if aws.endpoints.is_emulated("s3") {
            // Behind an endpoint of the user's own, buckets need not have their own host names. The SDK switches to
            // path style only for bare IP addresses.
            aws.s3 = aws_sdk_s3::Client::from_conf(aws.s3.config().to_builder().force_path_style(true).build());
        }
        aws
    }

    /// The partition of all calls: the part of ARNs after `arn:`. It comes from the caller's ARN, and from the region
    /// until that is known.
    pub(crate) fn partition(&self) -> &str {
        self.account.partition().unwrap_or_else(|| partition::of(&self.region))
    }

    /// Returns the same clients, which add these tags to every resource.
    pub fn tagging(mut self, extra: BTreeMap<String, String>) -> Self {
        self.extra_tags = extra;
        self
    }

    /// Returns the caller's account and partition. From then on, credentials of any other account are refused.
    /// [GetCallerIdentity](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html)
    ///
    /// # Errors
    /// When there are no credentials, they have expired, or the answer has no account.
    pub async fn caller(&self) -> Result<Caller> {
        let ask = async || self.sts.get_caller_identity().send().await.or_fail("ask AWS whose credentials these are");
        let answer = patiently(&Stop::default(), ask).await?;
        let partition = answer.arn().and_then(|arn| arn.split(':').nth(1)).filter(|named| !named.is_empty());
        let partition = partition.unwrap_or_else(|| partition::of(&self.region)).to_owned();
        let account =
            answer.account.ok_or_else(|| Error::new(Class::Unknown, "learn the account of these credentials"))?;
        self.account.settle(&account, &partition);
        Ok(Caller { account, partition })
    }
}

fn network() -> SharedHttpClient {
    use aws_smithy_http_client::{
        Builder,
        tls::{Provider, rustls_provider::CryptoMode},
    };
    Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build_https()
}
