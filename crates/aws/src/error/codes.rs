//! AWS's error codes in the engine's words: one table. A new code is one more word in one line.
use vidpipe_engine::Class;

/// Too many calls at once.
const THROTTLING: [&str; 11] = [
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "PriorRequestNotComplete",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "Throttling",
    "ThrottledException",
    "ThrottlingException",
    "TooManyRequestsException",
];

/// Whether the body of an error speaks of too many calls, in whatever format. It may err: nothing but the pace hangs on it.
pub(crate) fn speaks_of_throttling(body: &[u8]) -> bool {
    let body = String::from_utf8_lossy(body);
    THROTTLING.iter().any(|code| body.contains(code)) || body.contains("Rate exceeded")
}

/// What a code means. Where a code means different things in different services, the message decides.
pub fn class_of(code: &str, message: &str) -> Option<Class> {
    if propagates(message) {
        return Some(Class::Propagating);
    }
    Some(match code {
        "AWS.SimpleQueueService.NonExistentQueue"
        | "ClusterNotFoundException"
        | "ClusterNotFoundFault"
        | "CacheSubnetGroupNotFoundFault"
        | "DBClusterNotFoundFault"
        | "DBClusterParameterGroupNotFound"
        | "DBInstanceNotFound"
        | "DBInstanceNotFoundFault"
        | "DBParameterGroupNotFound"
        | "DBParameterGroupNotFoundFault"
        | "DBSubnetGroupNotFoundFault"
        | "DBSubnetGroupNotFound"
        | "ListenerNotFound"
        | "LoadBalancerNotFound"
        | "TargetGroupNotFound"
        | "NatGatewayNotFound"
        | "NoSuchBucket"
        | "NoSuchBucketPolicy"
        | "NoSuchEntity"
        | "NoSuchEntityException"
        | "NoSuchLifecycleConfiguration"
        | "NoSuchPublicAccessBlockConfiguration"
        | "NotFound"
        | "NotFoundException"
        | "ObjectNotFoundException"
        | "PolicyNotFound"
        | "QueueDoesNotExist"
        | "ReplicationGroupNotFoundFault"
        | "ResourceNotFound"
        | "ResourceNotFoundException"
        | "ResourceNotFoundFault"
        | "ServerSideEncryptionConfigurationNotFoundError"
        | "ServiceNotFoundException"
        | "SecurityGroupNotFound"
        | "SubnetNotFound"
        | "TrailNotFoundException"
        | "FileSystemNotFound"
        | "MountTargetNotFound"
        | "AccessPointNotFound" => Class::NotFound,
        _ if code.ends_with(".NotFound") => Class::NotFound,
        "InvalidParameterException" if message.contains("task was not found") => Class::NotFound,

        "AccessPointAlreadyExists"
        | "AlreadyExistsException"
        | "BucketAlreadyExists"
        | "BucketAlreadyOwnedByYou"
        | "CacheSubnetGroupAlreadyExists"
        | "DBClusterAlreadyExistsFault"
        | "DBInstanceAlreadyExists"
        | "DBParameterGroupAlreadyExists"
        | "DBSubnetGroupAlreadyExists"
        | "DuplicateListener"
        | "DuplicateLoadBalancerName"
        | "DuplicateTargetGroupName"
        | "EntityAlreadyExists"
        | "EntityAlreadyExistsException"
        | "FileSystemAlreadyExists"
        | "IdempotentParameterMismatch"
        | "InvalidGroup.Duplicate"
        | "InvalidPermission.Duplicate"
        | "InvalidSubnet.Conflict"
        | "MountTargetConflict"
        | "QueueAlreadyExists"
        | "QueueNameExists"
        | "ReplicationGroupAlreadyExists"
        | "ReplicationGroupAlreadyExistsFault"
        | "Resource.AlreadyAssociated"
        | "ResourceAlreadyExistsException"
        | "ResourceExistsException"
        | "RouteAlreadyExists"
        | "TrailAlreadyExistsException" => Class::AlreadyExists,
        "ConflictException" if message.contains("already") => Class::AlreadyExists,
        // SNS about a topic with other attributes or tags.
        "InvalidParameter" if message.contains("already exists") => Class::AlreadyExists,
        "InvalidParameterException" if message.contains("not idempotent") => Class::AlreadyExists,
        // Kinesis says the same code of a stream that is there and of one that is being changed.
        "ResourceInUseException" if message.contains("already exists") => Class::AlreadyExists,

        "InvalidRequestException" if message.contains("scheduled for deletion") => Class::Busy,
        "InvalidRequestException" if message.contains("previous rotation isn") => Class::Busy,
        "InvalidPermission.Malformed" => Class::Invalid,
        "AWS.SimpleQueueService.QueueDeletedRecently"
        | "BucketNotEmpty"
        | "CacheSubnetGroupInUse"
        | "ClusterContainsServicesException"
        | "ClusterContainsTasksException"
        | "ConcurrentAccess"
        | "ConcurrentAccessException"
        | "ConcurrentModification"
        | "ConcurrentModificationException"
        | "ConcurrentUpdateException"
        | "ConflictException"
        | "DatabaseNotFoundException"
        | "DatabaseResumingException"
        | "DatabaseUnavailableException"
        | "DeleteConflict"
        | "DeleteConflictException"
        | "DependencyTimeout"
        | "DependencyViolation"
        | "FileSystemInUse"
        | "IncorrectFileSystemLifeCycleState"
        | "IncorrectMountTargetState"
        | "IncorrectState"
        | "IncorrectInstanceState"
        | "InvalidDBClusterStateFault"
        | "InvalidDBInstanceState"
        | "InvalidDBInstanceStateFault"
        | "InvalidDBParameterGroupState"
        | "InvalidDBParameterGroupStateFault"
        | "InvalidDBSubnetGroupStateFault"
        | "InvalidCacheClusterState"
        | "InvalidDBSubnetStateFault"
        | "InvalidGroup.InUse"
        | "InvalidIPAddress.InUse"
        | "InvalidReplicationGroupState"
        | "InvalidReplicationGroupStateFault"
        | "InvalidResourceStateException"
        | "InvalidResourceStateFault"
        | "OperationAborted"
        | "OperationAbortedException"
        | "OperationNotPermitted"
        | "QueueDeletedRecently"
        | "ResourceInUse"
        | "ResourceInUseException"
        | "ServiceNotActiveException"
        | "StaleTag"
        | "StaleTagException"
        | "UpdateInProgressException" => Class::Busy,
        // PostgreSQL's own words, which the Data API passes on, may say anything.
        "BadRequestException" if message.contains("SQLState") => Class::Invalid,
        "BadRequestException" if message.contains("HttpEndpoint is not enabled") => Class::Propagating,
        "BadRequestException"
            if ["associated", "referenced", "Active stages", "in use"].iter().any(|m| message.contains(m)) =>
        {
            Class::Busy
        }
        "InvalidParameterException" if message.contains("Draining") => Class::Busy,
        "EncryptionFailure"
        | "FailedResourceAccessException"
        | "Gateway.NotAttached"
        | "InvalidNatGatewayID.NotReady"
        | "InsufficientS3BucketPolicyException"
        | "DBSubnetGroupDoesNotExist"
        | "HttpEndpointNotEnabledException"
        | "InvalidKMSKeyFault"
        | "InvalidPolicyException"
        | "InvalidSecurityGroup"
        | "InvalidSubnet"
        | "KMSKeyNotAccessibleFault"
        | "S3BucketDoesNotExistException"
        | "SecretsErrorException"
        | "ServiceLinkedRoleNotFoundFault" => Class::Propagating,

        _ if THROTTLING.contains(&code) => Class::Throttled,
        "LimitExceededException" if message.contains("Rate exceeded") => Class::Throttled,

        "InternalError"
        | "InternalFailure"
        | "InternalServerError"
        | "InternalServerErrorException"
        | "InternalServiceError"
        | "InternalServiceErrorException"
        | "InternalServiceException"
        | "ServerException"
        | "ServiceException"
        | "ServiceFailure"
        | "ServiceFailureException"
        | "ServiceUnavailable"
        | "ServiceUnavailableError"
        | "ServiceUnavailableException"
        | "StatementTimeoutException"
        | "RequestTimeout"
        | "RequestTimeoutException" => Class::Unclear,

        "ExpiredToken"
        | "ExpiredTokenException"
        | "InvalidClientTokenId"
        | "RequestExpired"
        | "UnrecognizedClientException" => Class::Expired,
        "AccessDenied"
        | "AccessDeniedException"
        | "AuthFailure"
        | "ForbiddenException"
        | "UnauthorizedOperation"
        | "OptInRequired"
        | "SignatureDoesNotMatch"
        | "RequestTimeTooSkewed" => Class::Denied,
        "InsufficientCacheClusterCapacity"
        | "InsufficientDBInstanceCapacity"
        | "InsufficientStorageClusterCapacity"
        | "InsufficientThroughputCapacity" => Class::Capacity,
        "AddressLimitExceeded"
        | "ClusterQuotaForCustomerExceeded"
        | "NodeQuotaForCustomerExceeded"
        | "LimitExceeded"
        | "LimitExceededException"
        | "MaximumNumberOfTrailsExceededException"
        | "TooManyBuckets"
        | "VpcLimitExceeded"
        | "InternetGatewayLimitExceeded"
        | "NatGatewayLimitExceeded"
        | "ServiceQuotaExceededException" => Class::Quota,
        _ if code.ends_with("LimitExceeded") || code.contains("QuotaExceeded") => Class::Quota,
        _ => return None,
    })
}

/// A role, a key's policy or a service made moments ago is not known to every service yet. Each says so in its own words.
fn propagates(message: &str) -> bool {
    const WORDS: [&str; 15] = [
        "role ARN does not have required permissions",
        "could not successfully write to CloudWatch Logs using the ARN",
        "cannot be assumed",
        "is unable to assume",
        "was unable to assume",
        "Unable to assume the service linked role",
        "contains a statement with one or more invalid principals",
        "Invalid principal in policy",
        "PrincipalNotFound",
        "does not have an associated load balancer",
        "Verify in IAM",
        "is not allowed to be used with",
        "ECS service doesn't exist",
        // ECS about a subnet or a security group EC2 does not show it yet.
        "(ErrorCode: InvalidSubnetID.NotFound)",
        "(ErrorCode: InvalidGroup.NotFound)",
    ];
    WORDS.iter().any(|w| message.contains(w))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_the_class_their_service_means() {
        let cases = [
            ("DependencyViolation", "", Class::Busy),
            ("InvalidVpcID.NotFound", "", Class::NotFound),
            ("InvalidParameterException", "Creation of service was not idempotent.", Class::AlreadyExists),
            ("InvalidRequestException", "a secret with this name is already scheduled for deletion", Class::Busy),
            ("ConflictException", "Stage already exists", Class::AlreadyExists),
            ("ConflictException", "Unable to complete operation due to concurrent modification", Class::Busy),
            ("LimitExceededException", "Rate exceeded", Class::Throttled),
            ("LimitExceededException", "Resource limit exceeded.", Class::Quota),
            ("MaximumDBInstanceQuotaExceeded", "", Class::Quota),
            ("ResourceInUseException", "Stream s under account 1 already exists.", Class::AlreadyExists),
            ("ResourceInUseException", "Stream s under account 1 not ACTIVE, instead in state UPDATING", Class::Busy),
            ("InvalidParameter", "Invalid parameter: Tags Reason: Topic already exists", Class::AlreadyExists),
            ("QueueDeletedRecently", "You must wait 60 seconds after deleting a queue", Class::Busy),
            ("InvalidSecurityGroup", "The security group 'sg-1' does not exist", Class::Propagating),
            (
                "InvalidParameterException",
                "The subnet ID 'subnet-1' does not exist (ErrorCode: InvalidSubnetID.NotFound)",
                Class::Propagating,
            ),
            ("BucketNotEmpty", "The bucket you tried to delete is not empty", Class::Busy),
            ("InsufficientS3BucketPolicyException", "Incorrect S3 bucket policy is detected", Class::Propagating),
            ("MaximumNumberOfTrailsExceededException", "", Class::Quota),
            ("ConflictException", "The provided clientToken is already in use", Class::AlreadyExists),
            ("InvalidParameterException", "The referenced task was not found.", Class::NotFound),
            ("ClientException", "ECS was unable to assume the role 'arn:aws:iam::1:role/x'", Class::Propagating),
            ("ValidationError", "The role defined for the function cannot be assumed", Class::Propagating),
        ];
        for (code, message, class) in cases {
            assert_eq!(class_of(code, message), Some(class), "{code}: {message}");
        }
        assert_eq!(class_of("NeverHeardOf", ""), None);
    }
}
