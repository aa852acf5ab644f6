//! [Kinesis](https://docs.aws.amazon.com/kinesis/latest/APIReference/CommonErrors.html)
use super::{Row, row};
use vidpipe_engine::Class;

pub(super) const ROWS: &[Row] = &[
    // The same code says that a stream is there and that one is being changed.
    row(Class::AlreadyExists, &["ResourceInUseException"]).saying(&["already exists"]),
    row(Class::Throttled, &["LimitExceededException"]).saying(&["Rate exceeded"]),
    // Where other services mean a quota, Kinesis means too much at once: more than five streams being made or deleted, for one
    // (https://github.com/hashicorp/terraform-provider-aws/pull/1339). What does not pass by itself is known by its words.
    row(Class::Quota, &["LimitExceededException"]).saying(&["shard limit", "on-demand", "24 hour", "24-hour"]),
    row(Class::Busy, &["LimitExceededException"]),
    // A key made moments ago. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StartStreamEncryption.html
    row(Class::Propagating, &["KMSAccessDeniedException"]).otherwise(Class::Denied),
    row(Class::Propagating, &["KMSDisabledException", "KMSInvalidStateException", "KMSNotFoundException"])
        .otherwise(Class::Invalid),
    row(Class::Denied, &["KMSOptInRequired"]),
    row(Class::Unclear, &["ExpiredNextTokenException"]),
    row(Class::Invalid, &["DryRunOperationException", "InvalidArgumentException"]),
];
