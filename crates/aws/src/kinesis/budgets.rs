//! [Quotas](https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html) of the Kinesis API.
use crate::budgets::each_s;
use vidpipe_engine::Rate;

pub(crate) fn budgets(action: &str) -> Vec<(&str, Rate)> {
    let calls = match action {
        "DescribeStream" | "UpdateShardCount" => 10.0,
        "DescribeStreamSummary" => 20.0,
        "PutRecord" | "PutRecords" => 1000.0,
        _ => 5.0,
    };
    vec![(action, each_s(calls))]
}
