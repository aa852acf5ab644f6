//! [Secrets Manager](https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html)
use super::{Row, row};
use vidpipe_engine::Class;

/// What is said of a secret that was deleted: at once, or after a while in which it can be restored.
const DELETED: &[&str] = &["because it was deleted", "marked for deletion", "marked deleted", "scheduled for deletion"];

pub(super) const ROWS: &[Row] = &[
    row(Class::NotFound, &["InvalidRequestException"]).saying(DELETED).to(&["Get"]),
    row(Class::Busy, &["InvalidRequestException"]).saying(DELETED),
    row(Class::Busy, &["InvalidRequestException"]).saying(&["previous rotation isn"]),
    row(Class::AlreadyExists, &["ResourceExistsException"]),
    row(Class::Propagating, &["DecryptionFailure", "EncryptionFailure"]),
    // What it rotates with was allowed moments ago: it is the service that may not, and not who calls it.
    row(Class::Propagating, &["AccessDeniedException"])
        .to(&["RotateSecret"])
        .saying(&["Secrets Manager"])
        .otherwise(Class::Denied),
    row(Class::Invalid, &["PreconditionNotMetException"]),
];
