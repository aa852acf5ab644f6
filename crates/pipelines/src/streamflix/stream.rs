//! The stream that videos come in by.
use super::Drawing;
use crate::{parts::small, spec::StreamMode};
use vidpipe_aws::{
    Aws,
    kinds::{
        kinesis::{ShardMetrics, Stream, StreamEncryption, StreamRetention},
        kms::Key,
    },
};
use vidpipe_engine::{Graph, Handle};

/// Kinesis' own key.
const AWS_KEY: &str = "alias/aws/kinesis";

pub(super) fn add(g: &mut Graph<Aws>, p: &Drawing<'_>, key: Option<&Handle<Key>>) -> Handle<Stream> {
    let (name, s) = (p.names.of("kinesis"), &p.own.stream);
    let shards = match s.mode {
        StreamMode::Provisioned => Some(small(s.shards)),
        StreamMode::OnDemand => None,
    };
    let stream = g.add("stream", (), move |()| Stream { name: name.clone(), shards });
    let hours = small(s.retention_hours);
    let retention = g.add("stream-retention", &stream, move |stream| StreamRetention { stream: stream.name, hours });
    // A stream takes one change at a time, so each waits for the one before it.
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
