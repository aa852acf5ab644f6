//! [ECS](https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html). `ClientException` and
//! `InvalidParameterException` cover many errors; the message tells them apart.
use crate::error::rows::{MINUTES, Row, row};
use vidpipe_engine::Class;

/// Codes that mean nothing without their message.
const ANY: &[&str] = &["ClientException", "InvalidParameterException"];

pub(crate) const ROWS: &[Row] = &[
    // The service-linked role is new, or the target group's load balancer is.
    // https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ecs/service.go
    row(Class::Propagating, ANY)
        .saying(&["Unable to assume role and validate the specified targetGroupArn"])
        .lasting(MINUTES),
    row(Class::Propagating, ANY).saying(&["does not have an associated load balancer", "Verify in IAM"]),
    // EC2 resources that ECS does not see yet.
    row(Class::Propagating, ANY)
        .saying(&["(ErrorCode: InvalidSubnetID.NotFound)", "(ErrorCode: InvalidGroup.NotFound)"])
        .otherwise(Class::Invalid),
    row(Class::Propagating, ANY)
        .saying(&["Role is not valid", "is unable to assume", "was unable to assume", "cannot be assumed"])
        .otherwise(Class::Invalid),
    row(Class::NotFound, ANY).saying(&["Unable to describe task definition", "task was not found"]),
    row(Class::AlreadyExists, ANY).saying(&["not idempotent"]),
    row(Class::Busy, ANY).saying(&[
        "Cluster was not ACTIVE",
        "Draining",
        "Too many concurrent attempts to create a new revision",
        "cannot be stopped while deployments are active",
    ]),
    row(Class::Invalid, ANY),
    // The client token was used with another request.
    row(Class::AlreadyExists, &["ConflictException"]).saying(&["already in use"]),
    row(
        Class::Busy,
        &[
            "ClusterContainsCapacityProviderException",
            "ClusterContainsContainerInstancesException",
            "ClusterContainsServicesException",
            "ClusterContainsTasksException",
            "ServiceNotActiveException",
            "UpdateInProgressException",
        ],
    ),
    row(Class::Denied, &["BlockedException"]).hint("AWS has blocked this account: open a support case"),
    row(Class::Invalid, &["PlatformTaskDefinitionIncompatibilityException", "PlatformUnknownException"]),
];
