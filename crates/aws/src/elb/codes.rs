//! [Elastic Load Balancing](https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/CommonErrors.html)
use crate::error::rows::{NO_ADDRESS, Row, row};
use vidpipe_engine::Class;

pub(crate) const ROWS: &[Row] = &[
    row(Class::Denied, &["OperationNotPermitted"]).saying(&["does not support creating load balancers"]).hint(
        "AWS lets new accounts make load balancers only after a support case: open one at \
             https://console.aws.amazon.com/support, \
             then run the same command again",
    ),
    row(Class::Invalid, &["OperationNotPermitted"])
        .saying(&["deletion protection"])
        .hint("somebody has protected it: switch its deletion protection off, then run the same command again"),
    row(Class::Busy, &["OperationNotPermitted"]),
    row(Class::Busy, &["InvalidSubnet"])
        .saying(&["free address", "available address", "free IP", "available IP"])
        .hint(NO_ADDRESS),
    row(Class::Propagating, &["InvalidSecurityGroup", "InvalidSubnet"]),
    row(Class::Quota, &["TargetGroupAssociationLimit"]),
    // Requests never name such resources, so their absence is not `NotFound` of ours.
    row(
        Class::Invalid,
        &[
            "ALPNPolicyNotFound",
            "CertificateNotFound",
            "DuplicateTagKeys",
            "RuleNotFound",
            "SSLPolicyNotFound",
            "TrustStoreNotFound",
        ],
    ),
];
