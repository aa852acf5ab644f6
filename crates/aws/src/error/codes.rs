//! AWS's error codes in the engine's words: one table. A new code is one more word in one line.
use vidpipe_engine::Class;

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
        | "NoSuchEntity"
        | "NoSuchEntityException"
        | "NotFoundException"
        | "ObjectNotFoundException"
        | "PolicyNotFound"
        | "ReplicationGroupNotFoundFault"
        | "ResourceNotFound"
        | "ResourceNotFoundException"
        | "ServiceNotFoundException"
        | "SecurityGroupNotFound"
        | "SubnetNotFound"
        | "FileSystemNotFound"
        | "MountTargetNotFound"
        | "AccessPointNotFound" => Class::NotFound,
        _ if code.ends_with(".NotFound") => Class::NotFound,

        "AccessPointAlreadyExists"
        | "AlreadyExistsException"
        | "CacheSubnetGroupAlreadyExists"
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
        | "ReplicationGroupAlreadyExists"
        | "ReplicationGroupAlreadyExistsFault"
        | "Resource.AlreadyAssociated"
        | "ResourceAlreadyExistsException"
        | "ResourceExistsException"
        | "RouteAlreadyExists" => Class::AlreadyExists,
        "ConflictException" if message.contains("already") => Class::AlreadyExists,
        "InvalidParameterException" if message.contains("not idempotent") => Class::AlreadyExists,

        "InvalidRequestException" if message.contains("scheduled for deletion") => Class::Busy,
        "InvalidPermission.Malformed" => Class::Invalid,
        "CacheSubnetGroupInUse"
        | "ClusterContainsServicesException"
        | "ClusterContainsTasksException"
        | "ConcurrentModification"
        | "ConcurrentModificationException"
        | "ConcurrentUpdateException"
        | "ConflictException"
        | "DeleteConflict"
        | "DeleteConflictException"
        | "DependencyTimeout"
        | "DependencyViolation"
        | "FileSystemInUse"
        | "IncorrectFileSystemLifeCycleState"
        | "IncorrectMountTargetState"
        | "IncorrectState"
        | "IncorrectInstanceState"
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
        | "OperationAborted"
        | "OperationAbortedException"
        | "OperationNotPermitted"
        | "ResourceInUse"
        | "ResourceInUseException"
        | "ServiceNotActiveException"
        | "UpdateInProgressException" => Class::Busy,
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
        | "DBSubnetGroupDoesNotExist"
        | "InvalidKMSKeyFault"
        | "InvalidPolicyException"
        | "InvalidSecurityGroup"
        | "InvalidSubnet"
        | "KMSKeyNotAccessibleFault"
        | "ServiceLinkedRoleNotFoundFault" => Class::Propagating,

        "BandwidthLimitExceeded"
        | "EC2ThrottledException"
        | "PriorRequestNotComplete"
        | "RequestLimitExceeded"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "SlowDown"
        | "Throttling"
        | "ThrottledException"
        | "ThrottlingException"
        | "TooManyRequestsException" => Class::Throttled,
        "LimitExceededException" if message.contains("Rate exceeded") => Class::Throttled,

        "InternalError"
        | "InternalFailure"
        | "InternalServerError"
        | "InternalServiceError"
        | "InternalServiceErrorException"
        | "InternalServiceException"
        | "ServerException"
        | "ServiceException"
        | "ServiceFailure"
        | "ServiceFailureException"
        | "ServiceUnavailable"
        | "ServiceUnavailableException"
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
        | "UnauthorizedOperation"
        | "OptInRequired"
        | "SignatureDoesNotMatch"
        | "RequestTimeTooSkewed" => Class::Denied,
        "InsufficientCacheClusterCapacity" | "InsufficientDBInstanceCapacity" | "InsufficientThroughputCapacity" => {
            Class::Capacity
        }
        "AddressLimitExceeded"
        | "ClusterQuotaForCustomerExceeded"
        | "NodeQuotaForCustomerExceeded"
        | "LimitExceeded"
        | "LimitExceededException"
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
    const WORDS: [&str; 14] = [
        "role ARN does not have required permissions",
        "could not successfully write to CloudWatch Logs using the ARN",
        "cannot be assumed",
        "is unable to assume",
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
            ("InvalidSecurityGroup", "The security group 'sg-1' does not exist", Class::Propagating),
            (
                "InvalidParameterException",
                "The subnet ID 'subnet-1' does not exist (ErrorCode: InvalidSubnetID.NotFound)",
                Class::Propagating,
            ),
            ("ValidationError", "The role defined for the function cannot be assumed", Class::Propagating),
        ];
        for (code, message, class) in cases {
            assert_eq!(class_of(code, message), Some(class), "{code}: {message}");
        }
        assert_eq!(class_of("NeverHeardOf", ""), None);
    }
}
