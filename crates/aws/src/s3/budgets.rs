//! [Request rates](https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html) of objects. No limits
//! are published for buckets.
use crate::budgets::{each_s, unpublished};
use vidpipe_engine::Rate;

pub(crate) fn budgets(action: &str) -> Vec<(&str, Rate)> {
    if action.contains("Object") { vec![(action, each_s(3500.0))] } else { unpublished(action) }
}
