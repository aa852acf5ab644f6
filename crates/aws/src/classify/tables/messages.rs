//! AWS's messages as observed, verbatim.
use super::{
    super::{class_of, meaning},
    check,
};
use crate::Refusal;
use vidpipe_engine::Class;

const NOT_LINKED: &str = "Unable to create the resource. Verify that you have permission to create service linked role. Otherwise wait \
     and try again later";

#[test]
fn the_first_day_of_an_account() {
    use Class::{Denied, Expired, Propagating, Quota};
    let missing =
        "Missing necessary credentials to perform this operation. See the documentation for service-linked roles.";
    let scaling = "Unable to assume IAM role: arn:aws:iam::1:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/\
                   AWSServiceRoleForApplicationAutoScaling_ECSService";
    let target = "Unable to assume role and validate the specified targetGroupArn. Please verify that the ECS service role being \
                  passed has the proper permissions.";
    let cluster = "Unable to assume the service linked role. Please verify that the ECS service linked role exists.";
    let free = "The specified instance type is not eligible for Free Tier.";
    let refused = "User: arn:aws:iam::1:user/u is not authorized to perform: iam:CreateServiceLinkedRole on resource: \
                   arn:aws:iam::1:role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS";
    check(&[
        ("RDS", "CreateDBSubnetGroup", "InvalidParameterValue", missing, Propagating, None),
        ("RDS", "CreateDBInstance", "InvalidParameterValue", NOT_LINKED, Propagating, None),
        ("RDS", "CreateDBCluster", "InvalidParameterValue", NOT_LINKED, Propagating, None),
        ("Application Auto Scaling", "RegisterScalableTarget", "ValidationException", scaling, Propagating, None),
        ("Application Auto Scaling", "PutScalingPolicy", "ValidationException", scaling, Propagating, None),
        ("ECS", "CreateService", "InvalidParameterException", target, Propagating, None),
        ("ECS", "CreateCluster", "InvalidParameterException", cluster, Propagating, None),
        ("ElastiCache", "CreateReplicationGroup", "ServiceLinkedRoleNotFoundFault", "not found", Propagating, None),
        ("RDS", "CreateDBInstance", "FreeTierRestrictionError", free, Quota, None),
        ("EFS", "CreateMountTarget", "AccessDeniedException", refused, Denied, None),
        (
            "EC2",
            "DescribeVpcs",
            "AuthFailure",
            "AWS was not able to validate the provided access credentials",
            Expired,
            None,
        ),
        (
            "STS",
            "GetCallerIdentity",
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
            Expired,
            None,
        ),
    ]);
    for (service, code, message) in [
        ("RDS", "InvalidParameterValue", NOT_LINKED),
        ("RDS", "InvalidParameterValue", missing),
        ("Application Auto Scaling", "ValidationException", scaling),
        ("ECS", "InvalidParameterException", target),
        ("ElastiCache", "ServiceLinkedRoleNotFoundFault", ""),
    ] {
        let lasts = meaning(&Refusal { service, code, message, status: 400, action: "" }).patience;
        assert!(lasts.is_some_and(|lasts| lasts.as_secs() >= 300), "{service}: minutes, not two");
    }
    let of = |service, code, message| meaning(&Refusal { service, code, message, status: 400, action: "" });
    let account = "This AWS account currently does not support creating load balancers. For more information, please contact AWS \
                   Support.";
    let support = of("Elastic Load Balancing v2", "OperationNotPermitted", account);
    assert!(support.class.retry().is_none() && support.hint.unwrap().contains("support case"));
    let protected = "Load balancer 'a' cannot be deleted because deletion protection is enabled";
    let protected = of("Elastic Load Balancing v2", "OperationNotPermitted", protected);
    assert!(protected.class.retry().is_none() && protected.hint.unwrap().contains("protection"));
    for (service, code) in [("STS", "InvalidClientTokenId"), ("RDS", "UnrecognizedClientException")] {
        assert!(of(service, code, "").hint.unwrap().contains("enable the region"));
    }
    assert!(of("EC2", "OptInRequired", "").hint.unwrap().contains("region"));
}

#[test]
fn young_things() {
    use Class::{AlreadyExists, Denied, Invalid, NotFound, Propagating};
    let pass = "User: arn:aws:iam::1:user/u is not authorized to perform: iam:PassRole on resource: arn:aws:iam::1:role/r because \
                no identity-based policy allows the iam:PassRole action";
    let function = "Secrets Manager cannot invoke the specified Lambda function.";
    let subnets = "Some input subnets in :[subnet-1, subnet-2] are invalid.";
    let retagged = "The scalable target that you tried to tag already exists. To update tags, use TagResource.";
    check(&[
        ("ECS", "RegisterTaskDefinition", "AccessDeniedException", pass, Propagating, Some(Denied)),
        ("ECS", "RegisterTaskDefinition", "ClientException", "Role is not valid", Propagating, Some(Invalid)),
        (
            "CloudWatch Logs",
            "CreateLogGroup",
            "InvalidParameterException",
            "The specified KMS Key Id could not be found.",
            Propagating,
            None,
        ),
        ("Kinesis", "StartStreamEncryption", "KMSNotFoundException", "", Propagating, Some(Invalid)),
        ("Kinesis", "StartStreamEncryption", "KMSAccessDeniedException", "", Propagating, Some(Denied)),
        ("Kinesis", "StartStreamEncryption", "KMSInvalidStateException", "", Propagating, Some(Invalid)),
        ("Kinesis", "StartStreamEncryption", "KMSDisabledException", "", Propagating, Some(Invalid)),
        ("KMS", "EnableKeyRotation", "DisabledException", "", Propagating, Some(Invalid)),
        ("KMS", "EnableKeyRotation", "NotFoundException", "", NotFound, None),
        ("Secrets Manager", "CreateSecret", "DecryptionFailure", "", Propagating, None),
        ("Secrets Manager", "RotateSecret", "AccessDeniedException", function, Propagating, Some(Denied)),
        ("RDS", "CreateDBSubnetGroup", "InvalidParameterValue", subnets, Propagating, Some(Invalid)),
        (
            "API Gateway",
            "CreateStage",
            "BadRequestException",
            "Deployment id does not exist",
            Propagating,
            Some(Invalid),
        ),
        ("Application Auto Scaling", "RegisterScalableTarget", "ValidationException", retagged, AlreadyExists, None),
        ("EC2", "CreateRoute", "InvalidParameterException", "no", Propagating, Some(Invalid)),
        (
            "EC2",
            "CreateRoute",
            "InvalidRouteTableID.NotFound",
            "The routeTable ID 'rtb-1' does not exist",
            NotFound,
            None,
        ),
        (
            "SQS",
            "SetQueueAttributes",
            "InvalidAttributeValue",
            "Invalid value for the parameter Policy.",
            Propagating,
            Some(Invalid),
        ),
        // Any code whose message names a resource that is not visible.
        (
            "EFS",
            "CreateMountTarget",
            "BadRequest",
            "The security group sg-1 does not exist",
            Propagating,
            Some(Invalid),
        ),
        ("RDS", "CreateDBInstance", "InvalidParameterValue", "Invalid DB engine version", Invalid, None),
        // PostgreSQL's message may contain any text.
        (
            "RDS Data",
            "ExecuteStatement",
            "BadRequestException",
            "ERROR: role \"app\" does not exist; SQLState: 42704",
            Invalid,
            Some(Invalid),
        ),
    ]);
}

#[test]
fn busy_and_busy_for_long() {
    use Class::{Busy, Capacity, NotFound, Quota};
    let storage = "You can't currently modify the storage of this DB instance because the previous storage change is being optimized.";
    let protected = "Cannot delete protected DB Instance, please disable deletion protection and try again.";
    let revision = "Too many concurrent attempts to create a new revision of the specified family.";
    let deployments = "The service cannot be stopped while deployments are active.";
    let created = "You can't create this secret because a secret with this name was deleted, because it was deleted.";
    let marked = "You can't perform this operation on the secret because it was marked for deletion.";
    let scheduled = "You can't create this secret because a secret with this name is already scheduled for deletion.";
    check(&[
        ("RDS", "ModifyDBInstance", "InvalidParameterCombination", storage, Busy, None),
        ("RDS", "DeleteDBInstance", "InvalidParameterCombination", protected, Busy, None),
        ("ECS", "PutClusterCapacityProviders", "ClientException", "Cluster was not ACTIVE.", Busy, None),
        ("ECS", "RegisterTaskDefinition", "ClientException", revision, Busy, None),
        ("ECS", "DeleteService", "InvalidParameterException", deployments, Busy, None),
        ("ECS", "DescribeTaskDefinition", "ClientException", "Unable to describe task definition.", NotFound, None),
        ("Secrets Manager", "CreateSecret", "InvalidRequestException", created, Busy, None),
        ("Secrets Manager", "CreateSecret", "InvalidRequestException", scheduled, Busy, None),
        ("Secrets Manager", "PutSecretValue", "InvalidRequestException", marked, Busy, None),
        ("Secrets Manager", "GetSecretValue", "InvalidRequestException", marked, NotFound, None),
        ("RDS", "CreateDBCluster", "InsufficientDBClusterCapacityFault", "", Capacity, None),
        ("EFS", "UpdateFileSystem", "TooManyRequests", "", Quota, None),
        ("EFS", "DescribeFileSystems", "TooManyRequests", "", Class::Throttled, None),
    ]);
    let hint = |service, action, code, message| {
        meaning(&Refusal { service, action, code, message, status: 400 }).hint.unwrap_or_default()
    };
    assert!(hint("RDS", "ModifyDBInstance", "InvalidParameterCombination", storage).contains("6 hours"));
    assert!(hint("EFS", "UpdateFileSystem", "TooManyRequests", "").contains("24 hours"));
    assert!(hint("EC2", "CreateNatGateway", "InsufficientFreeAddressesInSubnet", "").contains("no free address"));
    for status in [400, 403] {
        let of = Refusal {
            service: "RDS",
            action: "CreateDBCluster",
            code: "InsufficientDBClusterCapacityFault",
            message: "",
            status,
        };
        assert_eq!(class_of(&of), Class::Capacity);
    }
    let unlisted =
        |status| class_of(&Refusal { service: "SNS", action: "Subscribe", code: "Odd", message: "", status });
    let classes: Vec<Class> = [400, 401, 404, 409, 429, 503].map(unlisted).into();
    let expected =
        [Class::Unrecognized, Class::Denied, Class::Unrecognized, Class::Busy, Class::Throttled, Class::Unclear];
    assert_eq!(classes, expected);
}

#[test]
fn codes_that_were_in_no_table() {
    use Class::{Busy, Capacity, Expired, NotSent, Quota, Throttled};
    let cases = [
        (
            "Elastic Load Balancing v2",
            Quota,
            &[
                "TooManyLoadBalancers",
                "TooManyTargetGroups",
                "TooManyListeners",
                "TooManyUniqueTargetGroupsPerLoadBalancer",
                "TooManyTags",
                "TargetGroupAssociationLimit",
                "TooManyRegistrationsForTargetId",
            ][..],
        ),
        ("ElastiCache", Quota, &["NodeQuotaForClusterExceeded", "TagQuotaPerResourceExceeded"]),
        ("CloudTrail", Quota, &["TagsLimitExceededException"]),
        ("Kinesis", Throttled, &["KMSThrottlingException", "ProvisionedThroughputExceededException"]),
        ("EC2", Throttled, &["TransactionInProgressException"]),
        ("SNS", Throttled, &["Throttled"]),
        ("EC2", Capacity, &["InsufficientAddressCapacity", "InsufficientInstanceCapacity"]),
        ("EC2", Busy, &["InsufficientFreeAddressesInSubnet"]),
        ("S3", Expired, &["InvalidAccessKeyId", "InvalidToken", "TokenRefreshRequired"]),
        ("CloudWatch", Busy, &["ResourceConflict"]),
    ];
    for (service, class, codes) in cases {
        for code in codes {
            let of = Refusal { service, action: "Do", code, message: "", status: 400 };
            assert_eq!(class_of(&of), class, "{service} {code}");
        }
    }
    for code in ["InvalidSignatureException", "SignatureDoesNotMatch"] {
        let message =
            "Signature expired: 20261129T000000Z is now earlier than 20261129T001000Z (20261129T001500Z - 5 min.)";
        let late = meaning(&Refusal { service: "ECS", action: "ListTasks", code, message, status: 403 });
        assert!(late.class == NotSent && late.hint.unwrap().contains("clock"), "{code}");
        let wrong = meaning(&Refusal { service: "ECS", action: "ListTasks", code, message: "no", status: 403 });
        assert_eq!(wrong.class, Class::Denied, "{code}");
    }
}
