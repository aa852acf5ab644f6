//! [SQS](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html)
use crate::error::rows::{Row, row};
use vidpipe_engine::Class;

pub(crate) const ROWS: &[Row] = &[
    row(Class::NotFound, &["NonExistentQueue", "QueueDoesNotExist"]),
    row(Class::AlreadyExists, &["QueueAlreadyExists", "QueueNameExists"]),
    row(Class::Busy, &["QueueDeletedRecently"]),
    // The policy names a new role.
    row(Class::Propagating, &["InvalidAttributeValue"])
        .saying(&["PrincipalNotFound", "Invalid value for the parameter Policy"])
        .otherwise(Class::Invalid),
    row(Class::Quota, &["OverLimit"]),
];
