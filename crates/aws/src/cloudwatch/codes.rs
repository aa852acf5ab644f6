//! [CloudWatch](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CommonErrors.html)
use crate::error::rows::{Row, row};
use vidpipe_engine::Class;

pub(crate) const ROWS: &[Row] = &[row(Class::Busy, &["ResourceConflict"]), row(Class::Quota, &["LimitExceeded"])];
