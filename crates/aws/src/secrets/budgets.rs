//! [Quotas](https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html) of Secrets Manager.
use crate::budgets::each_s;
use vidpipe_engine::Rate;

pub(crate) fn budgets(action: &str) -> Vec<(&str, Rate)> {
    vec![(action, each_s(50.0))]
}
