//! [Secrets Manager](https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html)
use crate::error::rows::{Row, row};
use vidpipe_engine::Class;

/// Messages for a deleted secret: deleted at once, or after a recovery window.
const DELETED: &[&str] = &["because it was deleted", "marked for deletion", "marked deleted", "scheduled for deletion"];

pub(crate) const ROWS: &[Row] = &[
    row(Class::NotFound, &["InvalidRequestException"]).saying(DELETED).to(&["Get"]),
    row(Class::Busy, &["InvalidRequestException"]).saying(DELETED),
    row(Class::Busy, &["InvalidRequestException"]).saying(&["previous rotation isn"]),
    row(Class::AlreadyExists, &["ResourceExistsException"]),
    row(Class::Propagating, &["DecryptionFailure", "EncryptionFailure"]),
    // The service's rotation permission is new. The service lacks it, not the caller.
    row(Class::Propagating, &["AccessDeniedException"])
        .to(&["RotateSecret"])
        .saying(&["Secrets Manager"])
        .otherwise(Class::Denied),
    row(Class::Invalid, &["PreconditionNotMetException"]),
];
