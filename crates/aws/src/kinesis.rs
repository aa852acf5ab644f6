//! Shared by the Kinesis kinds: the description of a stream. Changes nothing.
use crate::{Cx, OrFail};
use aws_sdk_kinesis::types::{StreamDescriptionSummary as Seen, StreamStatus};
use vidpipe_engine::{Class, Error, Observed, Result};

/// The description of the stream:
/// [DescribeStreamSummary](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamSummary.html).
pub(crate) async fn read(cx: &Cx, stream: &str) -> Result<Seen> {
    let call = cx.cloud.kinesis.describe_stream_summary().stream_name(stream);
    let seen = call.send().await.or_fail("read the stream")?;
    seen.stream_description_summary.ok_or_else(|| Error::new(Class::Unclear, "read the stream: the answer has none"))
}

/// The observation of a stream setting. A change makes the stream `UPDATING` for a while; until then the setting is
/// pending.
pub(crate) fn shown(seen: &Seen, is_set: bool) -> Observed<()> {
    match (&seen.stream_status, is_set) {
        (StreamStatus::Active, true) => Observed::Ready(()),
        (StreamStatus::Active | StreamStatus::Deleting, false) => Observed::Absent,
        (status, _) => Observed::pending(status.as_str()),
    }
}
