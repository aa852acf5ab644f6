//! Winterbaume's services: routing, snapshots and restoring.
//!
//! Nothing here changes their answers.

use std::collections::BTreeMap;

use futures::FutureExt;
use serde_json::Value;
use tokio::task::unconstrained;
use winterbaume_core::{MockRequest, MockResponse, MockService, StatefulService};

use crate::error::{Error, Result};
use crate::mends::iam::aws_managed_policies;
use crate::sandbox::ACCOUNT_ID;

/// The region in which global services keep their state.
const GLOBAL: &str = "us-east-1";

/// The state of every service in one region, by the service's name.
pub(crate) type Snapshot = BTreeMap<String, Value>;

macro_rules! backends {
    ($($name:ident at $endpoint:literal: $service:ty),+ $(,)?) => {
        /// One backend for each AWS service.
        #[derive(Default)]
        pub(crate) struct Backends {
            $($name: $service,)+
        }

        impl Backends {
            /// The answer of the service at `endpoint`, the first label of its host name.
            pub(crate) async fn handle(&self, endpoint: &str, request: MockRequest) -> MockResponse {
                match endpoint {
                    $($endpoint => self.$name.handle(request).await,)+
                    _ => MockResponse::error(501, "NotImplemented", "the sandbox has no such service"),
                }
            }

            /// The state of every service in `region`.
            pub(crate) fn snapshot(&self, region: &str) -> Result<Snapshot> {
                let mut snapshot = Snapshot::new();
                $(snapshot.insert(
                    stringify!($name).to_owned(),
                    take(stringify!($name), &self.$name, region)?,
                );)+
                Ok(snapshot)
            }

            /// Replaces the state of the services named in `snapshot`.
            pub(crate) fn restore(&self, region: &str, mut snapshot: Snapshot) -> Result<()> {
                $(if let Some(state) = snapshot.remove(stringify!($name)) {
                    give(stringify!($name), &self.$name, region, state)?;
                })+
                Ok(())
            }
        }
    };
}

backends! {
    apigateway at "apigateway": winterbaume_apigateway::ApiGatewayService,
    applicationautoscaling at "application-autoscaling":
        winterbaume_applicationautoscaling::ApplicationAutoScalingService,
    cloudtrail at "cloudtrail": winterbaume_cloudtrail::CloudTrailService,
    cloudwatch at "monitoring": winterbaume_cloudwatch::CloudWatchService,
    ec2 at "ec2": winterbaume_ec2::Ec2Service,
    ecs at "ecs": winterbaume_ecs::EcsService,
    efs at "elasticfilesystem": winterbaume_efs::EfsService,
    elasticache at "elasticache": winterbaume_elasticache::ElastiCacheService,
    elasticloadbalancingv2 at "elasticloadbalancing":
        winterbaume_elasticloadbalancingv2::ElasticLoadBalancingV2Service,
    iam at "iam": winterbaume_iam::IamService,
    kinesis at "kinesis": winterbaume_kinesis::KinesisService,
    kms at "kms": winterbaume_kms::KmsService,
    logs at "logs": winterbaume_cloudwatchlogs::CloudWatchLogsService,
    rds at "rds": winterbaume_rds::RdsService,
    rdsdata at "rds-data": winterbaume_rdsdata::RdsDataService,
    s3 at "s3": winterbaume_s3::S3Service,
    secretsmanager at "secretsmanager": winterbaume_secretsmanager::SecretsManagerService,
    sns at "sns": winterbaume_sns::SnsService,
    sqs at "sqs": winterbaume_sqs::SqsService,
    sts at "sts": winterbaume_sts::StsService,
}

impl Backends {
    /// Adds the resources that exist in every account from the start.
    pub(crate) fn seed(&self) -> Result<()> {
        let mut state = take("iam", &self.iam, GLOBAL)?;
        state["policies"] = aws_managed_policies();
        give("iam", &self.iam, GLOBAL, state)
    }
}

fn take<S: StatefulService>(name: &'static str, service: &S, region: &str) -> Result<Value> {
    // The backends wait for their own locks only, which are free unless a call is in flight. `unconstrained` switches
    // off tokio's cooperative budget, which could make the future pending without contention.
    let state = unconstrained(service.snapshot(ACCOUNT_ID, region)).now_or_never().ok_or(Error::Busy)?;
    serde_json::to_value(state).map_err(|error| refused(name, error))
}

fn give<S: StatefulService>(name: &'static str, service: &S, region: &str, state: Value) -> Result<()> {
    let state = serde_json::from_value(state).map_err(|error| refused(name, error))?;
    unconstrained(service.restore(ACCOUNT_ID, region, state))
        .now_or_never()
        .ok_or(Error::Busy)?
        .map_err(|error| refused(name, error.to_string()))
}

fn refused(service: &'static str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    let source = source.into();
    Error::State { service, source }
}
