//! [SNS](https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html)
use crate::error::rows::{Row, row};
use vidpipe_engine::Class;

pub(crate) const ROWS: &[Row] = &[
    // The topic has other attributes or tags.
    row(Class::AlreadyExists, &["InvalidParameter"]).saying(&["already exists"]),
    row(Class::Propagating, &["InvalidParameter"]).saying(&["PrincipalNotFound"]).otherwise(Class::Invalid),
    row(Class::Busy, &["StaleTag"]),
    row(Class::Denied, &["AuthorizationError"]),
    row(Class::Invalid, &["TagPolicy"]),
];
