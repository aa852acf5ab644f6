//! [Kinesis](https://docs.aws.amazon.com/kinesis/latest/APIReference/CommonErrors.html)
use crate::error::rows::{Row, row};
use vidpipe_engine::Class;

pub(crate) const ROWS: &[Row] = &[
    // The same code means that a stream exists and that a stream is being changed.
    row(Class::AlreadyExists, &["ResourceInUseException"]).saying(&["already exists"]),
    row(Class::Throttled, &["LimitExceededException"]).saying(&["Rate exceeded"]),
    // Kinesis uses this code for too much at once, not for a quota as other services do: for example for more than
    // five streams being created or deleted (https://github.com/hashicorp/terraform-provider-aws/pull/1339). Lasting
    // limits are recognized by their message.
    row(Class::Quota, &["LimitExceededException"]).saying(&["shard limit", "on-demand", "24 hour", "24-hour"]),
    row(Class::Busy, &["LimitExceededException"]),
    // The key is new. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StartStreamEncryption.html
    row(Class::Propagating, &["KMSAccessDeniedException"]).otherwise(Class::Denied),
    row(Class::Propagating, &["KMSDisabledException", "KMSInvalidStateException", "KMSNotFoundException"])
        .otherwise(Class::Invalid),
    row(Class::Denied, &["KMSOptInRequired"]),
    row(Class::Unclear, &["ExpiredNextTokenException"]),
    row(Class::Invalid, &["DryRunOperationException", "InvalidArgumentException"]),
];
