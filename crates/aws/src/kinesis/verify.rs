//! Kinesis: the stream accepts a record, is encrypted, and retains records as long as desired. The record is the only
//! write of `verify`: tiny, and marked so that consumers can recognize it.
//! [PutRecord](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html)
use crate::{
    check::CheckCx,
    kinesis::{ShardMetrics, Stream, StreamEncryption, StreamRetention},
};
use aws_sdk_kinesis::primitives::Blob;
use vidpipe_engine::{
    Result,
    verify::Section::{AuditTrail, Availability, EncryptionAtRest, Retention},
};

/// The data of the record, and its partition key.
const RECORD: &str = r#"{"vidpipe":"verify"}"#;
const KEY: &str = "vidpipe-verify";

pub(crate) async fn stream(check: &CheckCx<'_>, want: Stream) -> Result<()> {
    let seen =
        ask!(check, "DescribeStreamSummary", check.aws.kinesis.describe_stream_summary().stream_name(&want.name))?;
    let stream = check.there(seen.stream_description_summary())?;
    let status = stream.stream_status().as_str();
    check.is(Availability, "the stream is active", "StreamStatus", status, "ACTIVE");
    if let Some(shards) = want.shards {
        check.is(Availability, "it has the specified shards", "OpenShardCount", stream.open_shard_count(), shards);
    }
    let call = check.aws.kinesis.put_record().stream_name(&want.name).partition_key(KEY);
    let taken = ask!(check, "PutRecord", call.data(Blob::new(RECORD)));
    let result = taken.map(|seen| Ok(format!("{RECORD} is in {}", seen.shard_id())));
    check.add_result_or_unknown(Availability, "it takes a record", result);
    let seen = ask!(check, "ListTagsForStream", check.aws.kinesis.list_tags_for_stream().stream_name(&want.name))?;
    check.tags(&want.name, seen.tags().iter().map(|t| (t.key(), t.value().unwrap_or_default())));
    Ok(())
}

pub(crate) async fn stream_encryption(check: &CheckCx<'_>, _: StreamEncryption) -> Result<()> {
    check.settled(EncryptionAtRest, "records are encrypted with the specified key", "DescribeStreamSummary").await
}

pub(crate) async fn stream_retention(check: &CheckCx<'_>, want: StreamRetention) -> Result<()> {
    let seen =
        ask!(check, "DescribeStreamSummary", check.aws.kinesis.describe_stream_summary().stream_name(&want.stream))?;
    let hours = seen.stream_description_summary().map(|s| s.retention_period_hours());
    check.is(Retention, "records are kept as long as specified", "RetentionPeriodHours", hours, want.hours);
    Ok(())
}

pub(crate) async fn shard_metrics(check: &CheckCx<'_>, _: ShardMetrics) -> Result<()> {
    check.settled(AuditTrail, "every shard is measured", "DescribeStreamSummary").await
}
