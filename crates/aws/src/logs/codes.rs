//! [CloudWatch Logs](https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/CommonErrors.html)
use crate::error::rows::{Row, row};
use vidpipe_engine::Class;

pub(crate) const ROWS: &[Row] = &[
    // The key is new: https://github.com/hashicorp/terraform/issues/24194
    row(Class::Propagating, &["InvalidParameterException"])
        .saying(&["KMS Key Id could not be found", "is not allowed to be used with"]),
];
