//! [CloudWatch](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CommonErrors.html)
use super::{Row, row};
use vidpipe_engine::Class;

pub(super) const ROWS: &[Row] = &[row(Class::Busy, &["ResourceConflict"]), row(Class::Quota, &["LimitExceeded"])];
