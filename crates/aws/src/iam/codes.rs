//! [IAM](https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html)
use crate::error::rows::{Row, row};
use vidpipe_engine::Class;

pub(crate) const ROWS: &[Row] = &[
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html
    row(Class::AlreadyExists, &["InvalidInput"]).saying(&["has been taken in this account"]),
    row(Class::Propagating, &["MalformedPolicyDocument"])
        .saying(&["Invalid principal in policy"])
        .otherwise(Class::Invalid),
    row(Class::Busy, &["DeleteConflict", "EntityTemporarilyUnmodifiable"]),
    row(Class::Quota, &["LimitExceeded"]),
    row(Class::Invalid, &["PolicyNotAttachable", "UnmodifiableEntity"]),
];
