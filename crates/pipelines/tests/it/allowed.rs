//! Every call of whole lives is allowed by the policies of the pipeline, and whatever they allow is called: by the names
//! of the actions. Resources and conditions are not checked here; ministack checks some (`tests/it/ministack.rs`).
use crate::{
    graph::new_plan,
    harness::{Harness, STREAMTECH, TOKYO},
};
use std::collections::BTreeSet;
use vidpipe_aws::{
    KINDS, kinds,
    permissions::Purpose,
    verify::{Target, verify},
};
use vidpipe_engine::{Stop, refresh};
use vidpipe_pipelines::policy::policies;
use vidpipe_sandbox::Clock;

/// A life: the spec, and one with other values that are changed in place.
const LIVES: [(&str, &str); 4] = [
    (STREAMTECH, "[tags]\nteam = \"video\"\n[database]\nbackup_retention_days = 9\n[worker]\nmax = 7\n"),
    ("[api]\naccount_logging_role = true\n", "[api]\naccount_logging_role = true\nthrottle_burst = 300\n"),
    (TOKYO, "pipeline = \"streamtech-tokyo\"\n[worker]\nmax = 7\n"),
    (
        "pipeline = \"streamflix\"\n[alerts]\nemail = \"ops@example.com\"\n",
        "pipeline = \"streamflix\"\n[alerts]\nemail = \"ops@example.com\"\n[stream]\nretention_hours = 48\n",
    ),
];

/// The prefix of a service's actions.
fn prefix(service: &str) -> &'static str {
    match service {
        "API Gateway" => "apigateway",
        "Application Auto Scaling" => "application-autoscaling",
        "CloudTrail" => "cloudtrail",
        "CloudWatch" => "cloudwatch",
        "CloudWatch Logs" => "logs",
        "EC2" => "ec2",
        "ECS" => "ecs",
        "EFS" => "elasticfilesystem",
        "ElastiCache" => "elasticache",
        "Elastic Load Balancing v2" => "elasticloadbalancing",
        "IAM" => "iam",
        "KMS" => "kms",
        "Kinesis" => "kinesis",
        "RDS" => "rds",
        "RDS Data" => "rds-data",
        "S3" => "s3",
        "SNS" => "sns",
        "SQS" => "sqs",
        "STS" => "sts",
        "Secrets Manager" => "secretsmanager",
        other => panic!("{other} has no prefix"),
    }
}

/// The actions that a call needs: mostly the one of its own name.
/// [Service Authorization Reference](https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html)
fn actions(service: &str, operation: &str) -> Vec<String> {
    let prefix = prefix(service);
    let named = |names: &[&str]| names.iter().map(|name| format!("{prefix}:{name}")).collect::<Vec<_>>();
    let starts = |verbs: &[&str]| verbs.iter().any(|verb| operation.starts_with(verb));
    match service {
        // It needs no permission.
        "STS" => Vec::new(),
        "API Gateway" => named(match operation {
            _ if starts(&["Get"]) => &["GET"],
            _ if starts(&["Update"]) => &["PATCH"],
            _ if starts(&["Delete"]) => &["DELETE"],
            _ if starts(&["Put", "Tag"]) => &["PUT"],
            // Tags in a create call are put.
            _ => &["POST", "PUT"],
        }),
        "S3" => named(match operation {
            "CreateBucket" => &["CreateBucket", "TagResource"],
            "DeleteObjects" => &["DeleteObject", "DeleteObjectVersion"],
            "DeleteBucketEncryption" | "PutBucketEncryption" => &["PutEncryptionConfiguration"],
            "DeleteBucketLifecycle" | "PutBucketLifecycleConfiguration" => &["PutLifecycleConfiguration"],
            "DeletePublicAccessBlock" | "PutPublicAccessBlock" => &["PutBucketPublicAccessBlock"],
            "GetBucketEncryption" => &["GetEncryptionConfiguration"],
            "GetBucketLifecycleConfiguration" => &["GetLifecycleConfiguration"],
            "GetPublicAccessBlock" => &["GetBucketPublicAccessBlock"],
            "ListMultipartUploads" => &["ListBucketMultipartUploads"],
            "ListBuckets" => &["ListAllMyBuckets"],
            "ListObjectVersions" => &["ListBucketVersions"],
            other => return named(&[other]),
        }),
        _ => {
            let tags = match service {
                "EC2" if starts(&["Allocate", "Create", "AuthorizeSecurityGroupIngress"]) => Some("CreateTags"),
                "RDS" | "ElastiCache" if starts(&["Create"]) => Some("AddTagsToResource"),
                "Elastic Load Balancing v2" if starts(&["Create"]) => Some("AddTags"),
                "CloudTrail" if starts(&["Create"]) => Some("AddTags"),
                "Kinesis" if operation == "CreateStream" => Some("AddTagsToStream"),
                "SQS" if starts(&["Create"]) => Some("TagQueue"),
                "IAM" if operation == "CreateRole" => Some("TagRole"),
                "EFS" if matches!(operation, "CreateFileSystem" | "CreateAccessPoint") => Some("TagResource"),
                "KMS" if operation == "CreateKey" => Some("TagResource"),
                "CloudWatch" if operation == "PutMetricAlarm" => Some("TagResource"),
                "ECS" if starts(&["Create", "Register", "Run"]) => Some("TagResource"),
                "CloudWatch Logs" | "Secrets Manager" | "SNS" if starts(&["Create"]) => Some("TagResource"),
                "Application Auto Scaling" if starts(&["Register"]) => Some("TagResource"),
                _ => None,
            };
            let mut all = named(&[operation]);
            all.extend(named(tags.as_slice()));
            // Who gives tasks, or API Gateway, a role must be allowed to pass it.
            if matches!(operation, "RegisterTaskDefinition" | "RunTask" | "CreateService" | "UpdateAccount") {
                all.push("iam:PassRole".into());
            }
            all
        }
    }
}

/// Whether a pattern of a policy, with or without an asterisk at its end, allows an action.
fn allows(pattern: &str, action: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == action, |start| action.starts_with(start))
}

/// The calls of a life: created, read again, checked, changed, removed, looked for.
async fn calls((spec, changed): (&str, &str)) -> BTreeSet<(String, String)> {
    let harness = Harness::new(Clock::Instant, spec).await;
    harness.up(spec).await;
    let mut state = harness.disk.borrow().clone();
    let now = vidpipe_engine::Clock::start().now();
    refresh(&harness.aws, KINDS, &mut state, now).await.unwrap();
    verify(&harness.aws, &state, &Target::Sandbox, &Stop::default()).await.unwrap();
    harness.up(changed).await;
    harness.clear().await;
    let calls = harness.sandbox.take_calls();
    let calls = calls.into_iter().map(|call| (call.service, call.operation));
    // Tokyo's secrets exist already: the harness creates them, as somebody else.
    calls.filter(|(_, operation)| spec != TOKYO || operation != "CreateSecret").collect()
}

/// Actions that none of these lives needs, and what does.
const NOT_IN_THESE_LIVES: &[(&str, &[&str])] = &[
    ("an account that has never used a service", &["iam:CreateServiceLinkedRole"]),
    (
        "a spec in which other properties change",
        &[
            "cloudtrail:UpdateTrail",
            "ec2:ModifyVpcEndpoint",
            "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
            "ecs:UpdateClusterSettings",
            "elasticache:DecreaseReplicaCount",
            "elasticache:IncreaseReplicaCount",
            "elasticache:ModifyCacheSubnetGroup",
            "elasticache:ModifyReplicationGroup",
            "elasticfilesystem:ModifyMountTargetSecurityGroups",
            "elasticfilesystem:UpdateFileSystem",
            "elasticloadbalancing:ModifyListener",
            "elasticloadbalancing:ModifyTargetGroup",
            "iam:UpdateRole",
            "kinesis:DecreaseStreamRetentionPeriod",
            "kinesis:UpdateShardCount",
            "kinesis:UpdateStreamMode",
            "kms:UpdateAlias",
            "kms:UpdateKeyDescription",
            "rds:EnableHttpEndpoint",
            "rds:ModifyDBCluster",
            "rds:ModifyDBSubnetGroup",
            "secretsmanager:UpdateSecret",
        ],
    ),
    (
        "a setting that is removed while its resource stays",
        &[
            "ec2:AuthorizeSecurityGroupEgress",
            "elasticfilesystem:DeleteFileSystemPolicy",
            "kinesis:DisableEnhancedMonitoring",
            "kinesis:StopStreamEncryption",
            "kms:DisableKeyRotation",
            "logs:DeleteRetentionPolicy",
            "rds:DisableHttpEndpoint",
            "rds:ResetDBClusterParameterGroup",
            "rds:ResetDBParameterGroup",
            "s3:DeleteBucketPolicy",
            "sns:Unsubscribe",
        ],
    ),
    ("a run that was killed, or whose answers were lost", &["ecs:StopTask", "sns:ListSubscriptionsByTopic"]),
    ("a region in which a bucket cannot be created with tags", &["s3:PutBucketTagging"]),
    ("a cluster that is left over", &["ecs:ListServices"]),
    ("a database that is not ready yet", &["rds:DescribeEvents"]),
    ("a record that `verify` puts into an encrypted stream, on AWS", &["kms:GenerateDataKey"]),
];

#[tokio::test(start_paused = true)]
async fn whole_lives_need_what_is_allowed() {
    let mut used = BTreeSet::new();
    for life in LIVES {
        let steps: Vec<_> = [life.0, life.1].iter().flat_map(|spec| new_plan(spec, "sfx-of-all").steps).collect();
        let policies = policies(steps.iter(), "sfx-of-all", &["of-somebody"]);
        let mut allowed = BTreeSet::new();
        for statement in policies.iter().flat_map(|policy| policy["Statement"].as_array().unwrap()) {
            let actions = &statement["Action"];
            let each = actions.as_array().map_or_else(|| vec![actions.clone()], Clone::clone);
            allowed.extend(each.into_iter().map(|action| action.as_str().unwrap().to_owned()));
        }
        let mut denied = BTreeSet::new();
        for (service, operation) in calls(life).await {
            for action in actions(&service, &operation) {
                if !allowed.iter().any(|pattern| allows(pattern, &action)) {
                    denied.insert(format!("{action} for {operation}"));
                }
                used.insert(action);
            }
        }
        assert_eq!(denied, BTreeSet::new(), "{}", life.0);
    }
    let own = |purpose| matches!(purpose, Purpose::Run | Purpose::Sweep | Purpose::Verify);
    let declared = KINDS.iter().flat_map(|kind| kinds::permissions(kind.name())).chain(kinds::sweep_permissions());
    let declared: BTreeSet<&str> = declared.filter(|p| own(p.purpose)).flat_map(|p| p.actions).copied().collect();
    let unused: BTreeSet<&str> = declared.into_iter().filter(|action| !used.contains(*action)).collect();
    let known: BTreeSet<&str> = NOT_IN_THESE_LIVES.iter().flat_map(|(_, actions)| *actions).copied().collect();
    assert_eq!(unused, known, "allowed, and never called");
}
