//! [Quotas](https://docs.aws.amazon.com/general/latest/gr/sns.html) of SNS in the smallest regions.
use crate::budgets::each_s;
use vidpipe_engine::Rate;

pub(crate) fn budgets(action: &str) -> Vec<(&str, Rate)> {
    vec![(action, each_s(if action.ends_with("ubscribe") { 100.0 } else { 30.0 }))]
}
