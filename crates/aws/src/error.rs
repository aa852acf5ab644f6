//! AWS's error codes in the engine's words: one table. A new code is one more word in one line.
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use std::{error::Error as StdError, io};
use vidpipe_engine::{Class, Error};

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
        "FailedResourceAccessException"
        | "Gateway.NotAttached"
        | "InvalidNatGatewayID.NotReady"
        | "DBSubnetGroupDoesNotExist"
        | "InvalidKMSKeyFault"
        | "InvalidPolicyException"
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
    const WORDS: [&str; 12] = [
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
    ];
    WORDS.iter().any(|w| message.contains(w))
}

/// What a kind writes after an AWS call: `.send().await.or_fail("create the queue")?`
pub trait OrFail<T> {
    /// The answer, or the engine's error: what was being done, what AWS said, its code and its request id.
    ///
    /// # Errors
    /// When the call failed.
    fn or_fail(self, doing: &str) -> vidpipe_engine::Result<T>;
}

impl<T, E> OrFail<T> for Result<T, SdkError<E, HttpResponse>>
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    fn or_fail(self, doing: &str) -> vidpipe_engine::Result<T> {
        self.map_err(|e| {
            let meta = e.meta();
            let (code, said) = (meta.code().unwrap_or_default().to_owned(), meta.message().map(clean));
            let class = class(&e, &code, said.as_deref().unwrap_or_default());
            let request_id = meta.extra("aws_request_id").map(str::to_owned);
            let said = said.filter(|s| !s.is_empty()).or_else(|| no_credentials(&e));
            let said = said.unwrap_or_else(|| if code.is_empty() { innermost(&e) } else { code.clone() });
            Error {
                code: Some(code).filter(|c| !c.is_empty()),
                request_id,
                hint: hint(class, &said),
                ..Error::new(class, format!("{doing}: {said}"))
            }
            .caused_by(e)
        })
    }
}

fn class<E>(e: &SdkError<E, HttpResponse>, code: &str, message: &str) -> Class
where
    E: StdError + Send + Sync + 'static,
{
    match e {
        SdkError::ServiceError(s) => class_of(code, message).unwrap_or_else(|| match s.raw().status().as_u16() {
            404 => Class::NotFound,
            429 => Class::Throttled,
            401 | 403 => Class::Denied,
            500.. => Class::Unclear,
            _ => Class::Invalid,
        }),
        SdkError::TimeoutError(_) | SdkError::ResponseError(_) => Class::Unclear,
        SdkError::DispatchFailure(_) if is_credentials(e) => Class::Expired,
        SdkError::DispatchFailure(_) if never_left(e) => Class::NotSent,
        SdkError::DispatchFailure(_) => Class::Unclear,
        _ if is_credentials(e) => Class::Expired,
        _ => Class::Invalid,
    }
}

fn causes<'a>(e: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    fn next<'a>(e: &&'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
        (*e).source()
    }
    std::iter::successors(Some(e), next)
}

fn never_left(e: &(dyn StdError + 'static)) -> bool {
    causes(e).any(|c| c.downcast_ref::<io::Error>().is_some_and(|io| io.kind() == io::ErrorKind::ConnectionRefused))
        || causes(e).any(|c| c.to_string().contains("dns error"))
}

fn is_credentials(e: &(dyn StdError + 'static)) -> bool {
    causes(e).any(|c| c.is::<CredentialsError>())
}

/// The chain of providers tells at length what each of them lacks; a user needs to know that there are none.
fn no_credentials(e: &(dyn StdError + 'static)) -> Option<String> {
    causes(e)
        .filter_map(|c| c.downcast_ref::<CredentialsError>())
        .any(|c| matches!(c, CredentialsError::CredentialsNotLoaded(_)))
        .then(|| "there are no credentials in the environment, in a profile, or of this machine".into())
}

fn innermost(e: &(dyn StdError + 'static)) -> String {
    clean(&causes(e).last().map_or_else(|| e.to_string(), ToString::to_string))
}

/// AWS's words on one line, without control characters that a terminal would obey.
fn clean(said: &str) -> String {
    said.split(|c: char| c.is_control()).filter(|s| !s.is_empty()).collect::<Vec<_>>().join(" ")
}

fn hint(class: Class, said: &str) -> Option<String> {
    Some(
        match class {
            Class::Expired => {
                "sign in again (`aws sso login`, or fresh keys in the environment) and run the same command: it \
                 continues where it stopped. To try vidpipe without an account, add --sandbox"
            }
            Class::Denied if said.contains("skew") || said.contains("expired") => {
                "this machine's clock may be wrong: compare it with `date -u`"
            }
            Class::Denied => {
                "allow this action to the credentials in use (the user guide lists what is needed), then run again"
            }
            Class::Quota => {
                "raise the quota in the Service Quotas console, or remove something of that kind, then run again"
            }
            Class::Capacity => {
                "AWS has no such capacity in that zone now: run again later, or choose another size in the spec"
            }
            _ => return None,
        }
        .into(),
    )
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
            ("ValidationError", "The role defined for the function cannot be assumed", Class::Propagating),
        ];
        for (code, message, class) in cases {
            assert_eq!(class_of(code, message), Some(class), "{code}: {message}");
        }
        assert_eq!(class_of("NeverHeardOf", ""), None);
    }
}
