//! Errors with the same meaning in every service: throttling, credentials, signatures, server errors, service-linked
//! roles.
//! [Common errors](https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonErrors.html)
use super::{MINUTES, Row, row};
use vidpipe_engine::Class;

/// Throttling codes, from the SDKs' own list and from single services:
/// [retries](https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html)
const THROTTLING: &[&str] = &[
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "KMSThrottlingException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "Throttled",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
];

/// Returns whether the body of an error mentions throttling, in any format. It may be wrong: only the rate depends on
/// it.
pub(crate) fn speaks_of_throttling(body: &[u8]) -> bool {
    let body = String::from_utf8_lossy(body);
    THROTTLING.iter().any(|code| body.contains(code)) || body.contains("Rate exceeded")
}

const SIGN_IN: &str = "sign in again (`aws sso login`, or fresh keys in the environment) and run the same command: it \
     continues where it stopped. A region that is not enabled in the account answers the same: enable the region, or choose \
     another. To try vidpipe without an account, add --sandbox";
pub(crate) const NO_ADDRESS: &str = "the subnet has no free address now: what is in it must go, or another environment needs a \
     larger network.cidr";
const CLOCK: &str = "this machine's clock may be wrong: compare it with `date -u`";
pub(crate) const SERVICE_ROLE: &str = "the service makes a role of its own in the account, its service-linked role, and \
     could not yet: allow iam:CreateServiceLinkedRole to the credentials in use, or let an administrator make the role once";
const SUPPORT: &str = "AWS has limited this account: open a support case at https://console.aws.amazon.com/support";

pub(crate) const ROWS: &[Row] = &[
    row(Class::Denied, &["AccessDenied", "UnauthorizedOperation"])
        .saying(&["iam:CreateServiceLinkedRole"])
        .hint(SERVICE_ROLE),
    // A new role fails with "iam:PassRole on resource" until it has propagated.
    // https://github.com/terraform-aws-modules/terraform-aws-ecs/issues/414
    row(Class::Propagating, &["AccessDenied", "UnauthorizedOperation"])
        .saying(&["iam:PassRole"])
        .otherwise(Class::Denied)
        .hint("allow iam:PassRole of that role to the credentials in use (the user guide says how), then run again"),
    // The first use of a service creates its service-linked role, which takes minutes to propagate.
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
    row(Class::Propagating, &[])
        .saying(&["service linked role", "service-linked role", "Service Linked Role"])
        .lasting(MINUTES)
        .hint(SERVICE_ROLE),
    row(Class::Throttled, THROTTLING),
    row(Class::Throttled, &[]).saying(&["Rate exceeded"]),
    row(
        Class::Expired,
        &[
            "ExpiredToken",
            "InvalidClientTokenId",
            "MissingAuthenticationToken",
            "RequestExpired",
            "UnrecognizedClientException",
        ],
    )
    .hint(SIGN_IN),
    row(Class::Expired, &["AuthFailure"]).saying(&["was not able to validate"]).hint(SIGN_IN),
    // A request with an expired signature was not processed, and is signed again the next time.
    row(Class::NotSent, &["InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure"])
        .saying(&["Signature expired", "Signature not yet current"])
        .hint(CLOCK),
    row(Class::NotSent, &["RequestTimeTooSkewed", "RequestInTheFuture"]).hint(CLOCK),
    row(Class::Denied, &["InvalidSignatureException", "SignatureDoesNotMatch", "IncompleteSignature"])
        .hint("the secret key does not belong to the access key, or something between here and AWS changes requests"),
    row(Class::Denied, &["OptInRequired", "RegionDisabledException", "SubscriptionRequiredException"])
        .hint("the account is not signed up for the service, or the region is not enabled: do so in the console"),
    row(Class::Denied, &["AccountProblem", "Blocked", "NotSignedUp", "PendingVerification"]).hint(SUPPORT),
    row(Class::Denied, &["AccessDenied", "AuthFailure", "Forbidden", "NotAuthorized", "UnauthorizedOperation"]),
    row(Class::Quota, &["FreeTierRestrictionError"]).hint(
        "the account's free plan does not include this: upgrade it in the billing console, or choose another size",
    ),
    row(
        Class::Unclear,
        &[
            "InternalError",
            "InternalFailure",
            "InternalServerError",
            "InternalServiceError",
            "RequestTimeout",
            "RequestTimeoutException",
            "ServerException",
            "ServiceException",
            "ServiceFailure",
            "ServiceUnavailable",
            "Unavailable",
        ],
    ),
    row(Class::Busy, &["ConcurrentAccess", "ConcurrentModification", "Conflict", "OperationAborted", "ResourceInUse"]),
];
