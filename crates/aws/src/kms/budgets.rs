//! [Quotas](https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html) of the KMS API.
use crate::budgets::each_s;
use vidpipe_engine::Rate;

pub(crate) fn budgets(action: &str) -> Vec<(&str, Rate)> {
    let calls = match action {
        "CreateAlias" | "CreateKey" => 5.0,
        "DescribeKey" => 2000.0,
        "TagResource" => 10.0,
        _ => 15.0,
    };
    vec![(action, each_s(calls))]
}
