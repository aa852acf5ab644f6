//! The clients of every service vidpipe talks to, all configured in one place.
//!
//! The SDK's own retries are off for every call: it repeats a request whose work was done and whose answer was lost,
//! which is how things get made twice. The engine retries, by what each kind's identity allows.
use crate::{
    absences::Absences,
    account::{self, Account},
    error::{OrFail, Whole},
    gathered::Looks,
    pages::Paging,
    partition, rds,
    told::Telling,
    turns::{Naming, Turns},
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
    /// The region all calls go to.
    pub region: String,
    /// Who carries requests; `None` is the network.
    pub http: Option<SharedHttpClient>,
    /// Who signs requests; `None` is the standard chain of environment, profile, single sign-on and machine roles.
    pub credentials: Option<SharedCredentialsProvider>,
    /// Who sees typed inputs and outputs on their way.
    pub interceptors: Vec<SharedInterceptor>,
    /// Leave the SDK's own retries on: only to show that nothing is made twice even then.
    pub sdk_retries: bool,
    /// Nobody counts calls there: an emulator. Elsewhere each waits until AWS's call budgets allow it.
    pub unmetered: bool,
    /// What is left of the account's call budgets. Connections that share it leave each other's calls their turn.
    pub budgets: Arc<Budgets>,
}

impl Connection {
    /// A connection to an AWS inside this process: requests go to that client, and any signature will do.
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

/// Whose credentials these are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The twelve digits of the account.
    pub account: String,
    /// What ARNs there begin with after `arn:`, such as `aws` or `aws-cn`.
    pub partition: String,
}

macro_rules! clients { ($($(#[$doc:meta])* $field:ident: $sdk:ident),* $(,)?) => {
    /// The SDK's crates.
    #[cfg(test)]
    pub(crate) const SDKS: &[&str] = &[$(stringify!($sdk)),*];

    /// One client per service, and the tags every resource carries besides our own.
    pub struct Aws {
        $($(#[$doc])* pub $field: $sdk::Client,)*
        /// The region all calls go to.
        pub region: String,
        /// The address all calls go to, where it is not AWS's own.
        pub endpoint: Option<String>,
        /// Tags the user wants on everything.
        pub extra_tags: BTreeMap<String, String>,
        account: Account,
        /// What nodes look at now, so that they look together.
        pub(crate) looks: Looks,
        /// What is believed not to be there, where that is a security property.
        pub(crate) absences: Absences,
        /// What RDS told of the databases that are waited for.
        pub(crate) rds_events: rds::Events,
    }

    impl Aws {
        fn from_config(config: SdkConfig, interceptors: &[SharedInterceptor], region: String) -> Self {
            let account = Account::default();
            let endpoint = config.endpoint_url().map(str::to_owned);
            let config = &account::only(config, &account);
            Self {
                $($field: $sdk::Client::from_conf({
                    let mut builder = $sdk::config::Builder::from(config);
                    for i in interceptors {
                        builder.push_interceptor(i.clone());
                    }
                    builder.build()
                }),)*
                region,
                endpoint,
                extra_tags: BTreeMap::new(),
                account,
                looks: Looks::default(),
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
/// A connection is made within this, or not at all.
const CONNECT: Duration = Duration::from_secs(3);
/// Credentials are there within this, or not at all: a program of the user's may ask for a second factor.
const SIGN_IN: Duration = Duration::from_secs(300);

impl Aws {
    /// Clients for that connection. No call is made yet.
    ///
    /// With a client of its own (the sandbox) nothing is read from the environment or the user's AWS files.
    pub async fn connect(connection: Connection) -> Self {
        let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT).build();
        let retries = if connection.sdk_retries { RetryConfig::standard() } else { RetryConfig::disabled() };
        let (region, name) = (Region::new(connection.region.clone()), AppName::new(APP_NAME).ok());
        let turns = Turns::new((!connection.unmetered).then_some(connection.budgets));
        let config = match connection.http {
            Some(http) => {
                let mut config = SdkConfig::builder()
                    .behavior_version(BehaviorVersion::latest())
                    .region(region)
                    .timeout_config(timeouts)
                    .http_client(turns.watching(http));
                config.set_app_name(name).set_credentials_provider(connection.credentials);
                config.build()
            }
            None => {
                // Nothing of retries here: who fetches credentials changes nothing, and keeps those of the SDK.
                let mut loader = aws_config::defaults(BehaviorVersion::latest())
                    .region(region)
                    .timeout_config(timeouts)
                    .http_client(turns.watching(network()));
                if let Some(name) = name {
                    loader = loader.app_name(name);
                }
                if let Some(credentials) = connection.credentials {
                    loader = loader.credentials_provider(credentials);
                }
                loader.load().await
            }
        };
        let identities = turns.before(IdentityCache::lazy().load_timeout(SIGN_IN).build());
        let config = config.into_builder().retry_config(retries).identity_cache(identities).build();
        let first = [SharedInterceptor::new(Naming), SharedInterceptor::new(Paging), SharedInterceptor::new(Telling)];
        let last = [SharedInterceptor::new(Whole)];
        let interceptors: Vec<_> = first.into_iter().chain(connection.interceptors).chain(last).collect();
        let mut aws = Self::from_config(config, &interceptors, connection.region);
        if aws.endpoint.is_some() {
            // Behind an endpoint of the user's own, buckets need not have host names of their own. The SDK knows that of
            // bare IP addresses only.
            aws.s3 = aws_sdk_s3::Client::from_conf(aws.s3.config().to_builder().force_path_style(true).build());
        }
        aws
    }

    /// The partition all calls go to: what ARNs begin with after `arn:`. AWS says it with the caller; before it has, the
    /// region tells.
    pub(crate) fn partition(&self) -> &str {
        self.account.partition().unwrap_or_else(|| partition::of(&self.region))
    }

    /// The same clients, putting these tags on everything as well.
    pub fn tagging(mut self, extra: BTreeMap<String, String>) -> Self {
        self.extra_tags = extra;
        self
    }

    /// Whose credentials these are. From then on credentials of any other account are refused.
    /// [GetCallerIdentity](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html)
    ///
    /// # Errors
    /// When there are none, they have run out, or the answer is not an account.
    pub async fn caller(&self) -> Result<Caller> {
        let ask = async || self.sts.get_caller_identity().send().await.or_fail("ask AWS whose credentials these are");
        let said = patiently(&Stop::default(), ask).await?;
        let partition = said.arn().and_then(|arn| arn.split(':').nth(1)).filter(|named| !named.is_empty());
        let partition = partition.unwrap_or_else(|| partition::of(&self.region)).to_owned();
        let account =
            said.account.ok_or_else(|| Error::new(Class::Unknown, "learn the account of these credentials"))?;
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
