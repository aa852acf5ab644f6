//! [Quotas](https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html).
use crate::budgets::{each_s, is_read};
use vidpipe_engine::Rate;

pub(crate) fn budgets(action: &str) -> Vec<(&str, Rate)> {
    vec![(action, each_s(if is_read(action) { 10.0 } else { 1.0 }))]
}
