//! Maps AWS errors to the engine's classes: one table per service, and a small common table.
//!
//! Rows that match the message take precedence over rows that match the code alone; among each, the service's rows
//! take precedence over the common ones. If no row matches, the form of the code decides, then the HTTP status. A new
//! code is added to a row of its service.
use std::time::Duration;
use vidpipe_engine::Class;

mod apigateway;
mod cloudtrail;
mod cloudwatch;
mod common;
mod ec2;
mod ecs;
mod efs;
mod elasticache;
mod elb;
mod iam;
mod kinds;
mod kinesis;
mod kms;
mod logs;
mod quotas;
mod rds;
mod rds_data;
mod s3;
mod scaling;
mod secrets;
mod sns;
mod sqs;
#[cfg(test)]
mod tests;
mod young;

pub(crate) use common::speaks_of_throttling;
pub(super) use quotas::quota;

/// An error answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Refusal<'a> {
    /// The service, as the SDK names it: `EC2`, `API Gateway`.
    pub service: &'a str,
    /// The API's action: `CreateVpc`.
    pub action: &'a str,
    /// AWS's error code; empty if the answer has none, or none that can be read.
    pub code: &'a str,
    /// AWS's message.
    pub said: &'a str,
    /// The HTTP status.
    pub status: u16,
}

/// The meaning of a refusal: its class, and how to proceed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// The class.
    pub class: Class,
    /// The class once every resource involved is old enough to be visible.
    pub otherwise: Option<Class>,
    /// How long the refusal is known to last, where that differs from its class.
    pub patience: Option<Duration>,
    /// A hint for the user, where it differs from that of the class.
    pub hint: Option<&'static str>,
}

impl Meaning {
    const fn of(class: Class) -> Self {
        Self { class, otherwise: None, patience: None, hint: None }
    }
}

impl From<Class> for Meaning {
    fn from(class: Class) -> Self {
        Self::of(class)
    }
}

/// The meaning of a refusal. Every refusal has a class: an unlisted error is `Unrecognized`.
pub fn meaning(of: &Refusal<'_>) -> Meaning {
    let own = SERVICES.iter().find(|s| s.name == of.service).map_or(&[][..], |s| s.rows);
    let rows = || own.iter().chain(common::ROWS).filter(|row| row.is_of(of));
    let row = rows().find(|row| !row.says.is_empty()).or_else(|| rows().next());
    let means = row.map_or_else(|| Meaning::of(kinds::class(of.code, of.status)), |row| row.means);
    young::perhaps(means, of.said)
}

/// The class alone.
pub fn class_of(of: &Refusal<'_>) -> Class {
    meaning(of).class
}

/// Seconds a service needs for resources it creates itself at its first use, and for work it finishes after it
/// reports success. Public reports speak of minutes at least.
const MINUTES: u64 = 300;

/// A service. Its SDK crate is `aws_sdk_{sdk}`.
pub(super) struct Service {
    pub(super) sdk: &'static str,
    pub(super) name: &'static str,
    rows: &'static [Row],
}

const fn service(sdk: &'static str, name: &'static str, rows: &'static [Row]) -> Service {
    Service { sdk, name, rows }
}

/// Every service that vidpipe calls.
pub(super) const SERVICES: &[Service] = &[
    service("apigateway", "API Gateway", apigateway::ROWS),
    service("applicationautoscaling", "Application Auto Scaling", scaling::ROWS),
    service("cloudtrail", "CloudTrail", cloudtrail::ROWS),
    service("cloudwatch", "CloudWatch", cloudwatch::ROWS),
    service("cloudwatchlogs", "CloudWatch Logs", logs::ROWS),
    service("ec2", "EC2", ec2::ROWS),
    service("ecs", "ECS", ecs::ROWS),
    service("efs", "EFS", efs::ROWS),
    service("elasticache", "ElastiCache", elasticache::ROWS),
    service("elasticloadbalancingv2", "Elastic Load Balancing v2", elb::ROWS),
    service("iam", "IAM", iam::ROWS),
    service("kinesis", "Kinesis", kinesis::ROWS),
    service("kms", "KMS", kms::ROWS),
    service("rds", "RDS", rds::ROWS),
    service("rdsdata", "RDS Data", rds_data::ROWS),
    service("s3", "S3", s3::ROWS),
    service("secretsmanager", "Secrets Manager", secrets::ROWS),
    service("sns", "SNS", sns::ROWS),
    service("sqs", "SQS", sqs::ROWS),
    service("sts", "STS", &[]),
];

/// A row of a table.
struct Row {
    means: Meaning,
    /// The code is one of these. Empty matches any code.
    codes: &'static [&'static str],
    /// The message contains one of these. Empty matches any message.
    says: &'static [&'static str],
    /// The action begins with one of these. Empty matches any action.
    to: &'static [&'static str],
}

const fn row(class: Class, codes: &'static [&'static str]) -> Row {
    Row { means: Meaning::of(class), codes, says: &[], to: &[] }
}

impl Row {
    /// Matches only messages that contain one of these.
    const fn saying(self, says: &'static [&'static str]) -> Self {
        Self { says, ..self }
    }

    /// Matches only actions that begin with one of these.
    const fn to(self, to: &'static [&'static str]) -> Self {
        Self { to, ..self }
    }

    /// Sets the class once every resource involved is old enough to be visible.
    const fn otherwise(self, class: Class) -> Self {
        Self { means: Meaning { otherwise: Some(class), ..self.means }, ..self }
    }

    /// Keeps the class regardless of the message.
    const fn settled(self) -> Self {
        let class = self.means.class;
        self.otherwise(class)
    }

    /// Sets how long it is known to last, regardless of the age of resources.
    const fn lasting(self, seconds: u64) -> Self {
        Self { means: Meaning { patience: Some(Duration::from_secs(seconds)), ..self.means }, ..self }
    }

    /// Sets the hint.
    const fn hint(self, hint: &'static str) -> Self {
        Self { means: Meaning { hint: Some(hint), ..self.means }, ..self }
    }

    fn is_of(&self, refusal: &Refusal<'_>) -> bool {
        let code = bare(refusal.code);
        (self.codes.is_empty() || self.codes.iter().any(|c| bare(c) == code))
            && (self.says.is_empty() || self.says.iter().any(|words| refusal.said.contains(words)))
            && (self.to.is_empty() || self.to.iter().any(|verb| refusal.action.starts_with(verb)))
    }
}

/// An error has several spellings, by protocol and by age of its service: `DBInstanceNotFound` is
/// `DBInstanceNotFoundFault`.
fn bare(code: &str) -> &str {
    let mut code = code.strip_prefix("AWS.SimpleQueueService.").unwrap_or(code);
    while let Some(shorter) = ["Exception", "Fault", "Error"].iter().find_map(|suffix| code.strip_suffix(suffix)) {
        code = shorter;
    }
    code
}
