//! Kinesis: data streams.
use crate::{
    Cx, OrFail,
    declare::{Api, AwsService, kind},
    permissions::allow,
};
use aws_sdk_kinesis::types::{StreamDescriptionSummary as Seen, StreamStatus};
use vidpipe_engine::{Class, Error, Observed, Result};

mod budgets;
pub(crate) mod codes;
pub(crate) mod owner;
mod shard_metrics;
mod stream;
mod stream_encryption;
mod stream_retention;
mod sweep;
pub(crate) mod verify;

pub use shard_metrics::*;
pub use stream::*;
pub use stream_encryption::*;
pub use stream_retention::*;

pub(crate) const SERVICE: AwsService = AwsService {
    name: "kinesis",
    apis: &[Api { sdk: "kinesis", name: "Kinesis", codes: codes::ROWS, budgets: budgets::budgets }],
    kinds: &[kind::<Stream>(), kind::<StreamRetention>(), kind::<StreamEncryption>(), kind::<ShardMetrics>()],
    probes: sweep::probes,
    sweep: &[allow(&["kinesis:DescribeStreamSummary", "kinesis:ListStreams", "kinesis:ListTagsForStream"]).to_sweep()],
};

/// The description of the stream:
/// [DescribeStreamSummary](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamSummary.html).
pub(crate) async fn read(cx: &Cx, stream: &str) -> Result<Seen> {
    let call = cx.cloud.kinesis.describe_stream_summary().stream_name(stream);
    let seen = call.send().await.or_fail("read the stream")?;
    seen.stream_description_summary.ok_or_else(|| Error::new(Class::Unclear, "read the stream: the answer has none"))
}

/// The observation of a stream setting. A change makes the stream `UPDATING` for a while; until then the setting is
/// pending.
pub(crate) fn observed_setting(seen: &Seen, is_set: bool) -> Observed<()> {
    match (&seen.stream_status, is_set) {
        (StreamStatus::Active, true) => Observed::Ready(()),
        (StreamStatus::Active | StreamStatus::Deleting, false) => Observed::Absent,
        (status, _) => Observed::pending(status.as_str()),
    }
}
