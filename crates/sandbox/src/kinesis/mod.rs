//! Kinesis: data streams.

mod laws;
mod lifecycle;
mod model;

use crate::backends::BackendOf;
use crate::budgets::TokenBucket;
use crate::log::Id;
use crate::service::{Rules, Service};

pub(crate) static KINESIS: Service = Service {
    backend: Some(BackendOf::new::<winterbaume_kinesis::KinesisService>("kinesis")),
    laws: laws::laws,
    model: Rules::wire(model::rules),
    lifecycle: Rules::wire(lifecycle::rules),
    creates: &[("CreateStream", Id::Request(&["stream_name"]))],
    budget,
    unfound: |_| Some(("ResourceNotFoundException", 400)),
    ..Service::new("Kinesis", "kinesis")
};

/// <https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html>
fn budget(operation: &str) -> Vec<TokenBucket> {
    let rate = match operation {
        "DescribeStreamSummary" => 20.0,
        "DescribeStream" | "UpdateShardCount" => 10.0,
        "PutRecord" | "PutRecords" => 1000.0,
        _ => 5.0,
    };
    vec![TokenBucket::new(operation, rate, rate)]
}
