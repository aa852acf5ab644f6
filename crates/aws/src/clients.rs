//! The AWS clients of all services vidpipe uses, and what calls share.
use crate::{
    absences::Absences,
    account::{self, Account},
    error::OrFail,
    owner::Owners,
    partition,
    rate_limiter::Permitted,
    service_endpoints::{Asked, Endpoints},
};
use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use std::{
    any::{Any, TypeId},
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    rc::Rc,
    sync::{Arc, OnceLock},
};
use vidpipe_engine::{Class, Error, Result, Stop, patiently};

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
        /// What services keep between calls, by type.
        kept: RefCell<HashMap<TypeId, Rc<dyn Any>>>,
        /// The absences that security properties depend on.
        pub(crate) absences: Absences,
        /// Whether calls that change something may be sent.
        pub(crate) permitted: Arc<OnceLock<Permitted>>,
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
                kept: RefCell::default(),
                absences: Absences::default(),
                permitted: Arc::default(),
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

impl Aws {
    /// What a service keeps between calls: reads in progress, caches. There is one of each type.
    pub(crate) fn shared<T: Default + 'static>(&self) -> Rc<T> {
        let mut kept = self.kept.borrow_mut();
        let there = kept.entry(TypeId::of::<T>()).or_insert_with(|| Rc::new(T::default()));
        there.clone().downcast().expect("it is kept under its own type")
    }

    /// From now on, calls that change something are sent only while `may` says so. Can be set once.
    pub fn change_only_while(&self, may: impl Fn() -> bool + Send + Sync + 'static) {
        self.permitted.get_or_init(|| Permitted(Box::new(may)));
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
