//! [KMS](https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html)
use crate::error::rows::{Row, row};
use vidpipe_engine::Class;

pub(crate) const ROWS: &[Row] = &[
    row(Class::Propagating, &["MalformedPolicyDocumentException"])
        .saying(&["invalid principals"])
        .otherwise(Class::Invalid),
    // The key is new:
    // https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/kms/key.go
    row(Class::Propagating, &["DisabledException", "KMSInvalidStateException"]).otherwise(Class::Invalid),
    row(Class::Unclear, &["DependencyTimeoutException", "KMSInternalException"]),
    row(Class::Invalid, &["TagException", "XksKeyAlreadyInUseException"]),
];
