//! The Kinesis stream that delivers the videos.
use super::super::spec::StreamMode;
use super::Wiring;
use crate::parts::to_u16;
use vidpipe_aws::{
    Aws,
    kinds::{
        kinesis::{ShardMetrics, Stream, StreamEncryption, StreamRetention},
        kms::Key,
    },
};
use vidpipe_engine::{Graph, Handle};

/// The AWS managed key of Kinesis.
const AWS_KEY: &str = "alias/aws/kinesis";

pub(super) fn add(g: &mut Graph<Aws>, p: &Wiring<'_>, key: Option<&Handle<Key>>) -> Handle<Stream> {
    let (name, s) = (p.names.of("kinesis"), &p.design.stream);
    let shards = match s.mode {
        StreamMode::Provisioned => Some(to_u16(s.shards)),
        StreamMode::OnDemand => None,
    };
    let stream = g.add("stream", (), move |()| Stream { name: name.clone(), shards });
    let hours = to_u16(s.retention_hours);
    let retention = g.add("stream-retention", &stream, move |stream| StreamRetention { stream: stream.name, hours });
    // A stream allows one update at a time, so each waits for the previous one.
    let encryption = s.encryption.then(|| {
        g.add("stream-encryption", (&stream, retention.value(), key), |(stream, (), key)| StreamEncryption {
            stream: stream.name,
            kms_key: key.map_or_else(|| AWS_KEY.to_owned(), |key| key.arn),
        })
    });
    if s.shard_metrics {
        let uses = (&stream, retention.value(), encryption.as_ref().map(Handle::value));
        g.add("stream-metrics", uses, |(stream, ..)| ShardMetrics { stream: stream.name });
    }
    stream
}
