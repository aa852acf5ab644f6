//! Kinesis: the stream takes a record, is encrypted, and keeps records as long as wanted. The record is the one thing
//! `verify` writes: tiny, and marked, so that consumers know it.
//! [PutRecord](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html)
use super::look::Look;
use crate::kinds::kinesis::{ShardMetrics, Stream, StreamEncryption, StreamRetention};
use aws_sdk_kinesis::primitives::Blob;
use vidpipe_engine::{
    Result,
    verify::Section::{AuditTrail, Availability, EncryptionAtRest, Retention},
};

/// What the record is, and its partition key.
const RECORD: &str = r#"{"vidpipe":"verify"}"#;
const KEY: &str = "vidpipe-verify";

pub(super) async fn stream(look: &Look<'_>, want: Stream) -> Result<()> {
    let seen = ask!(look, "DescribeStreamSummary", look.aws.kinesis.describe_stream_summary().stream_name(&want.name))?;
    let stream = look.there(seen.stream_description_summary())?;
    let status = stream.stream_status().as_str();
    look.is(Availability, "the stream is active", "StreamStatus", status, "ACTIVE");
    if let Some(shards) = want.shards {
        look.is(Availability, "it has the wanted shards", "OpenShardCount", stream.open_shard_count(), shards);
    }
    let call = look.aws.kinesis.put_record().stream_name(&want.name).partition_key(KEY);
    let taken = ask!(look, "PutRecord", call.data(Blob::new(RECORD)));
    let said = taken.map(|seen| Ok(format!("{RECORD} is in {}", seen.shard_id())));
    look.told_or_unknown(Availability, "it takes a record", said);
    let seen = ask!(look, "ListTagsForStream", look.aws.kinesis.list_tags_for_stream().stream_name(&want.name))?;
    look.tags(&want.name, seen.tags().iter().map(|t| (t.key(), t.value().unwrap_or_default())));
    Ok(())
}

pub(super) async fn stream_encryption(look: &Look<'_>, _: StreamEncryption) -> Result<()> {
    look.settled(EncryptionAtRest, "records are encrypted with the wanted key", "DescribeStreamSummary").await
}

pub(super) async fn stream_retention(look: &Look<'_>, want: StreamRetention) -> Result<()> {
    let seen =
        ask!(look, "DescribeStreamSummary", look.aws.kinesis.describe_stream_summary().stream_name(&want.stream))?;
    let hours = seen.stream_description_summary().map(|s| s.retention_period_hours());
    look.is(Retention, "records are kept as long as wanted", "RetentionPeriodHours", hours, want.hours);
    Ok(())
}

pub(super) async fn shard_metrics(look: &Look<'_>, _: ShardMetrics) -> Result<()> {
    look.settled(AuditTrail, "every shard is measured", "DescribeStreamSummary").await
}
