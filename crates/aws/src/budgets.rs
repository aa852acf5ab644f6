//! API rate limits, per account, region and action: the published limits, and a careful guess where none is
//! published. The rate limiter halves a rate when AWS throttles, and raises it again slowly.
//!
//! EC2: <https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html>;
//! API Gateway: <https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html>, where the limit of
//! `CreateRestApi` is for regional APIs;
//! ECS: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html>;
//! Kinesis: <https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html>;
//! KMS: <https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html>;
//! CloudTrail: <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html>;
//! Secrets Manager: <https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html>;
//! SNS, in the smallest regions: <https://docs.aws.amazon.com/general/latest/gr/sns.html>;
//! CloudWatch and Logs: the default quotas in Service Quotas.
//! No limits are published for RDS, ElastiCache, EFS, IAM, Elastic Load Balancing, Application Auto Scaling, SQS, and
//! buckets.
use vidpipe_engine::pace::Rate;

/// Where nothing is published: the rates of reads and of changes.
const LOOKS: Rate = rate(100.0, 20.0);
const CHANGES: Rate = rate(50.0, 5.0);

/// The share of AWS's limits that is used: the network does not preserve the intervals between calls.
const USED: f64 = 0.95;

const fn rate(burst: f64, per_s: f64) -> Rate {
    Rate { burst, per_s: per_s * USED }
}

/// This many calls per second.
const fn each_s(calls: f64) -> Rate {
    rate(calls, calls)
}

/// One call per this many seconds.
const fn one_in_s(seconds: f64) -> Rate {
    rate(1.0, 1.0 / seconds)
}

/// Returns whether the action is a read.
pub(crate) fn is_read(action: &str) -> bool {
    ["Describe", "List", "Get", "Head", "Lookup"].iter().any(|verb| action.starts_with(verb))
}

/// The budgets that a call of this action counts against, by name. Most actions have their own budget.
pub(crate) fn budgets(service: &str, action: &str) -> Vec<(String, Rate)> {
    let shared = |what: &str, rate| (format!("{service} {what}"), rate);
    let own = |rate| vec![shared(action, rate)];
    match service {
        "API Gateway" => {
            let all = shared("management", rate(40.0, 10.0));
            api_gateway(action).map(|rate| shared(action, rate)).into_iter().chain([all]).collect()
        }
        "CloudTrail" if is_read(action) => own(each_s(10.0)),
        "CloudTrail" => own(each_s(1.0)),
        "CloudWatch" if action == "PutMetricAlarm" => own(each_s(3.0)),
        "CloudWatch" => own(each_s(9.0)),
        "CloudWatch Logs" if is_read(action) => own(each_s(5.0)),
        "CloudWatch Logs" => own(each_s(10.0)),
        "EC2" => own(ec2(action)),
        "ECS" => {
            let (category, rate) = ecs(action);
            vec![shared(category, rate)]
        }
        "Kinesis" => own(kinesis(action)),
        "KMS" => own(kms(action)),
        "S3" if action.contains("Object") => own(each_s(3500.0)),
        "Secrets Manager" => own(each_s(50.0)),
        "SNS" if action.ends_with("ubscribe") => own(each_s(100.0)),
        "SNS" => own(each_s(30.0)),
        _ if is_read(action) => own(LOOKS),
        _ => own(CHANGES),
    }
}

fn api_gateway(action: &str) -> Option<Rate> {
    Some(match action {
        "CreateApiKey" | "CreateResource" | "DeleteResource" => each_s(5.0),
        "CreateDeployment" => one_in_s(5.0),
        "CreateRestApi" | "ImportRestApi" => one_in_s(3.0),
        "DeleteRestApi" => one_in_s(30.0),
        "GetResources" => rate(5.0, 2.5),
        "PutRestApi" => each_s(1.0),
        "UpdateUsagePlan" => one_in_s(20.0),
        _ => return None,
    })
}

fn ec2(action: &str) -> Rate {
    match action {
        "CreateNatGateway" | "DeleteNatGateway" => rate(10.0, 1.0),
        "CreateTags" => rate(100.0, 10.0),
        "CreateVpcEndpoint" | "DeleteVpcEndpoints" | "ModifyVpcEndpoint" => rate(4.0, 0.3),
        _ if is_read(action) => rate(100.0, 20.0),
        _ => rate(50.0, 5.0),
    }
}

/// ECS counts by category, not by action.
fn ecs(action: &str) -> (&'static str, Rate) {
    match action {
        "DeleteTaskDefinitions" => ("task definition deletion", rate(5.0, 1.0)),
        _ if action.contains("TaskDefinition") && !is_read(action) => ("task definition changes", rate(20.0, 1.0)),
        _ if action.contains("Cluster") && is_read(action) => ("cluster reads", rate(50.0, 20.0)),
        _ if action.contains("Cluster") => ("cluster changes", rate(20.0, 1.0)),
        _ if is_read(action) => ("service reads", rate(100.0, 20.0)),
        _ => ("service changes", rate(50.0, 5.0)),
    }
}

fn kinesis(action: &str) -> Rate {
    each_s(match action {
        "DescribeStream" | "UpdateShardCount" => 10.0,
        "DescribeStreamSummary" => 20.0,
        "PutRecord" | "PutRecords" => 1000.0,
        _ => 5.0,
    })
}

fn kms(action: &str) -> Rate {
    each_s(match action {
        "CreateAlias" | "CreateKey" => 5.0,
        "DescribeKey" => 2000.0,
        "TagResource" => 10.0,
        _ => 15.0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_counts_against_its_own_budget_and_against_a_shared_one() {
        let names = |service, action| budgets(service, action).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names("EC2", "CreateVpc"), ["EC2 CreateVpc"]);
        assert_eq!(names("API Gateway", "DeleteRestApi"), ["API Gateway DeleteRestApi", "API Gateway management"]);
        assert_eq!(names("API Gateway", "GetRestApi"), ["API Gateway management"]);
        assert_eq!(names("ECS", "CreateService"), names("ECS", "DeleteService"));
        assert_eq!(names("IAM", "CreateRole"), ["IAM CreateRole"]);
    }

    #[test]
    fn looks_are_known_by_their_verb() {
        assert!(is_read("DescribeVpcs") && is_read("HeadBucket") && !is_read("CreateVpc") && !is_read("TagResource"));
    }
}
