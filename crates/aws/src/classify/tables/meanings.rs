//! Codes whose meaning differs between services.
use super::check;
use vidpipe_engine::Class;

#[test]
fn codes_have_the_class_their_service_means() {
    use Class::{AlreadyExists, Busy, Invalid, NotFound, Propagating, Quota, Throttled};
    let shards = "This request would exceed the shard limit for the account 1";
    let at_once = "This request would have exceed the limit on the number of streams that can simultaneously be in CREATING or \
                   DELETING for the account 1. Limit: 5.";
    let unseen = "The subnet ID 'subnet-1' does not exist (ErrorCode: InvalidSubnetID.NotFound)";
    let assume = "ECS was unable to assume the role 'arn:aws:iam::1:role/x'";
    let principal =
        "MalformedPolicyDocumentException: Policy contains a statement with one or more invalid principals.";
    check(&[
        ("EC2", "DeleteVpc", "DependencyViolation", "", Busy, None),
        ("EC2", "DeleteVpc", "InvalidVpcID.NotFound", "", NotFound, None),
        ("EC2", "CreateVpc", "InvalidParameterValue", "Value (x) for parameter cidrBlock is invalid.", Invalid, None),
        ("EC2", "CreateSecurityGroup", "InvalidGroup.Duplicate", "", AlreadyExists, None),
        (
            "ECS",
            "CreateService",
            "InvalidParameterException",
            "Creation of service was not idempotent.",
            AlreadyExists,
            None,
        ),
        ("ECS", "CreateService", "InvalidParameterException", unseen, Propagating, Some(Invalid)),
        ("ECS", "CreateService", "ClientException", assume, Propagating, Some(Invalid)),
        ("ECS", "StopTask", "InvalidParameterException", "The referenced task was not found.", NotFound, None),
        ("ECS", "RunTask", "ConflictException", "The provided clientToken is already in use", AlreadyExists, None),
        ("API Gateway", "CreateStage", "ConflictException", "Stage already exists", AlreadyExists, None),
        (
            "API Gateway",
            "UpdateStage",
            "ConflictException",
            "Unable to complete operation due to concurrent modification",
            Busy,
            None,
        ),
        ("API Gateway", "DeleteRestApi", "TooManyRequestsException", "Too Many Requests", Throttled, None),
        ("CloudWatch Logs", "CreateLogGroup", "LimitExceededException", "Rate exceeded", Throttled, None),
        ("CloudWatch Logs", "CreateLogGroup", "LimitExceededException", "Resource limit exceeded.", Quota, None),
        ("RDS", "CreateDBInstance", "InstanceQuotaExceeded", "", Quota, None),
        ("RDS", "ModifyDBInstance", "InvalidDBInstanceState", "Instance is not available", Busy, None),
        (
            "Kinesis",
            "CreateStream",
            "ResourceInUseException",
            "Stream s under account 1 already exists.",
            AlreadyExists,
            None,
        ),
        ("Kinesis", "DeleteStream", "ResourceInUseException", "Stream s under account 1 not ACTIVE", Busy, None),
        ("Kinesis", "CreateStream", "LimitExceededException", at_once, Busy, None),
        ("Kinesis", "CreateStream", "LimitExceededException", shards, Quota, None),
        ("Kinesis", "UpdateStreamMode", "LimitExceededException", "at most twice in 24 hours", Quota, None),
        (
            "SNS",
            "CreateTopic",
            "InvalidParameter",
            "Invalid parameter: Tags Reason: Topic already exists",
            AlreadyExists,
            None,
        ),
        ("SQS", "CreateQueue", "AWS.SimpleQueueService.QueueDeletedRecently", "You must wait 60 seconds", Busy, None),
        ("SQS", "GetQueueUrl", "AWS.SimpleQueueService.NonExistentQueue", "", NotFound, None),
        ("Elastic Load Balancing v2", "CreateLoadBalancer", "InvalidSecurityGroup", "", Propagating, None),
        ("S3", "DeleteBucket", "BucketNotEmpty", "The bucket you tried to delete is not empty", Busy, None),
        ("S3", "GetBucketEncryption", "ServerSideEncryptionConfigurationNotFoundError", "", NotFound, None),
        ("CloudTrail", "CreateTrail", "InsufficientS3BucketPolicyException", "", Propagating, None),
        ("CloudTrail", "CreateTrail", "MaximumNumberOfTrailsExceededException", "", Quota, None),
        ("KMS", "CreateKey", "MalformedPolicyDocumentException", principal, Propagating, Some(Invalid)),
        (
            "IAM",
            "CreateServiceLinkedRole",
            "InvalidInput",
            "Service role name X has been taken in this account",
            AlreadyExists,
            None,
        ),
    ]);
}
