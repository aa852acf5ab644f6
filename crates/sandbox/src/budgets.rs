//! The rates at which AWS accepts calls, per account, region and action: token buckets, refilled continuously.
//!
//! EC2: <https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html>; API Gateway:
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html>; ECS:
//! <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html>; Kinesis:
//! <https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html>; KMS:
//! <https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html>; CloudTrail:
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html>; objects in S3:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html>; CloudWatch and Logs: the
//! default quotas that Service Quotas lists; Secrets Manager:
//! <https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html>; SNS: the smallest of the
//! regional quotas, <https://docs.aws.amazon.com/general/latest/gr/sns.html>. Where the rate is unknown (buckets, RDS,
//! ElastiCache, EFS, IAM, Elastic Load Balancing, Application Auto Scaling, SQS), a generous guess is used, so that
//! only a flood is throttled.

use crate::context::Context;
use crate::faults::is_read;

/// A token bucket: its name, its capacity and its refill rate per second.
struct Bucket {
    name: String,
    burst: f64,
    per_second: f64,
}

fn bucket(name: impl Into<String>, burst: f64, per_second: f64) -> Bucket {
    Bucket { name: name.into(), burst, per_second }
}

/// The buckets a call takes a token from.
fn buckets(service: &str, operation: &str) -> Vec<Bucket> {
    let own = |burst, per_second| bucket(format!("{service} {operation}"), burst, per_second);
    match service {
        "EC2" => vec![ec2(operation)],
        "API Gateway" => {
            let mut both = vec![bucket("API Gateway", 40.0, 10.0)];
            both.extend(api_gateway(operation).map(|(burst, per_second)| own(burst, per_second)));
            both
        }
        "ECS" => vec![ecs(operation)],
        "Kinesis" => vec![match operation {
            "DescribeStreamSummary" => own(20.0, 20.0),
            "DescribeStream" | "UpdateShardCount" => own(10.0, 10.0),
            "PutRecord" | "PutRecords" => own(1000.0, 1000.0),
            _ => own(5.0, 5.0),
        }],
        "KMS" => vec![match operation {
            "CreateKey" | "CreateAlias" => own(5.0, 5.0),
            "DescribeKey" => own(2000.0, 2000.0),
            "TagResource" => own(10.0, 10.0),
            _ => own(15.0, 15.0),
        }],
        "CloudTrail" if is_read(operation) => vec![own(10.0, 10.0)],
        "CloudTrail" => vec![own(1.0, 1.0)],
        "CloudWatch" if operation == "PutMetricAlarm" => vec![own(3.0, 3.0)],
        "CloudWatch" => vec![own(9.0, 9.0)],
        "CloudWatch Logs" if operation.starts_with("Describe") => vec![own(5.0, 5.0)],
        "CloudWatch Logs" => vec![own(10.0, 10.0)],
        "S3" if operation.contains("Object") => vec![own(3500.0, 3500.0)],
        "Secrets Manager" => vec![own(50.0, 50.0)],
        "SNS" if matches!(operation, "Subscribe" | "Unsubscribe") => vec![own(100.0, 100.0)],
        "SNS" => vec![own(30.0, 30.0)],
        _ if is_read(operation) => vec![own(100.0, 20.0)],
        _ => vec![own(200.0, 5.0)],
    }
}

fn ec2(operation: &str) -> Bucket {
    let (burst, per_second) = match operation {
        "CreateNatGateway" | "DeleteNatGateway" => (10.0, 1.0),
        "CreateVpcEndpoint" | "ModifyVpcEndpoint" | "DeleteVpcEndpoints" => (4.0, 0.3),
        "CreateTags" => (100.0, 10.0),
        _ if is_read(operation) => (100.0, 20.0),
        _ => (50.0, 5.0),
    };
    bucket(format!("EC2 {operation}"), burst, per_second)
}

fn api_gateway(operation: &str) -> Option<(f64, f64)> {
    Some(match operation {
        "CreateDeployment" => (1.0, 1.0 / 5.0),
        "CreateResource" | "DeleteResource" | "CreateApiKey" => (5.0, 5.0),
        "PutRestApi" => (1.0, 1.0),
        "UpdateUsagePlan" => (1.0, 1.0 / 20.0),
        "GetResources" => (5.0, 2.5),
        "CreateRestApi" | "ImportRestApi" => (1.0, 1.0 / 3.0),
        "DeleteRestApi" => (1.0, 1.0 / 30.0),
        _ => return None,
    })
}

/// ECS counts by category of action.
fn ecs(operation: &str) -> Bucket {
    let (category, burst, per_second) = match operation {
        "DeleteTaskDefinitions" => ("task definition deletion", 5.0, 1.0),
        _ if operation.contains("TaskDefinition") && !is_read(operation) => ("task definition modify", 20.0, 1.0),
        _ if operation.contains("Cluster") && is_read(operation) => ("cluster read", 50.0, 20.0),
        _ if operation.contains("Cluster") => ("cluster modify", 20.0, 1.0),
        _ if is_read(operation) => ("service read", 100.0, 20.0),
        _ => ("service modify", 50.0, 5.0),
    };
    bucket(format!("ECS {category}"), burst, per_second)
}

impl Context<'_> {
    /// Takes a token from every bucket of the call. Takes none and returns `false` if any bucket is empty.
    pub(crate) fn is_within_budget(&mut self, service: &str, operation: &str) -> bool {
        let buckets = buckets(service, operation);
        let region = self.region;
        let there =
            (buckets.iter()).all(|b| self.world.level(&format!("{region} {}", b.name), b.burst, b.per_second) >= 1.0);
        if there {
            for bucket in &buckets {
                self.world.drain(&format!("{region} {}", bucket.name));
            }
        }
        there
    }
}
