//! `[stream]`, `[queue]`, `[alerts]` and `[audit]`: the stream of videos, failed records, alarms and the trail.

use serde::Serialize;

use crate::spec::field::{Any, RangeWithHint, Text, Visitor};
use crate::spec::rules;
use crate::spec::setting::Choice;

/// The Kinesis stream that delivers the videos.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stream {
    /// The capacity mode.
    pub mode: StreamMode,
    /// Shards of a provisioned stream.
    pub shards: u32,
    /// Retention of records, in hours.
    pub retention_hours: u32,
    /// Whether shard-level metrics are enabled.
    pub shard_metrics: bool,
    /// Whether records are encrypted at rest.
    pub encryption: bool,
}

/// The capacity mode of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamMode {
    /// The spec sets the number of shards.
    Provisioned,
    /// AWS scales the number of shards with the load.
    OnDemand,
}

impl Choice for StreamMode {
    const CHOICES: &'static [(&'static str, Self)] =
        &[("provisioned", Self::Provisioned), ("on_demand", Self::OnDemand)];
}

impl Stream {
    pub(super) fn visit(&mut self, v: &mut impl Visitor) {
        let Self { mode, shards, retention_hours, shard_metrics, encryption } = self;
        let about = "Who says how many shards there are: this file (provisioned), or AWS by the load (on_demand).";
        v.field("mode", about, &Any, mode);
        // https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
        let any = RangeWithHint {
            range: 1..=10_000,
            hint: "a shard takes 1 MiB or 1000 records a second; leave the number to AWS with mode = \"on_demand\"",
        };
        v.field("shards", "Shards of a provisioned stream; not used by an on-demand one.", &any, shards);
        // https://docs.aws.amazon.com/kinesis/latest/APIReference/API_IncreaseStreamRetentionPeriod.html
        let hours = RangeWithHint {
            range: 24..=8760,
            hint: "Kinesis keeps records for a day at least, and for a year at most",
        };
        v.field("retention_hours", "Hours that records are kept.", &hours, retention_hours);
        v.field("shard_metrics", "Give every shard metrics of its own, which cost extra.", &Any, shard_metrics);
        v.field("encryption", "Encrypt records at rest, with the key that [encryption] says.", &Any, encryption);
    }
}

/// The dead-letter queue.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Queue {
    /// Retention of messages, in days.
    pub retention_days: u32,
    /// Seconds that a received message stays hidden from other consumers.
    pub visibility_timeout_seconds: u32,
}

impl Queue {
    pub(super) fn visit(&mut self, v: &mut impl Visitor) {
        let Self { retention_days, visibility_timeout_seconds } = self;
        // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
        let days = RangeWithHint { range: 1..=14, hint: "SQS keeps messages for 14 days at most" };
        v.field("retention_days", "Days that messages are kept.", &days, retention_days);
        let about = "Seconds that a message which was received stays hidden from others.";
        v.field("visibility_timeout_seconds", about, &(0..=43_200), visibility_timeout_seconds);
    }
}

/// The recipients of alarms.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alerts {
    /// E-mail address that alarms are sent to; empty for none.
    pub email: String,
}

impl Alerts {
    pub(super) fn visit(&mut self, v: &mut impl Visitor) {
        let Self { email } = self;
        let rule = Text { allowed: "an e-mail address, or \"\" for none", check: rules::email };
        let about = "Address that alarms are mailed to. AWS asks it to confirm first; until then nothing is mailed.";
        v.field("email", about, &rule, email);
    }
}

/// The record of API calls.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Audit {
    /// Whether a trail exists.
    pub enabled: bool,
    /// Whether the trail records events in other regions too.
    pub multi_region: bool,
    /// Retention of the trail's logs, in days; 0 keeps them until the environment is deleted.
    pub log_retention_days: u32,
}

impl Audit {
    pub(super) fn visit(&mut self, v: &mut impl Visitor) {
        let Self { enabled, multi_region, log_retention_days } = self;
        v.field("enabled", "Record API calls with a CloudTrail trail.", &Any, enabled);
        v.field("multi_region", "Record what happens in other regions too.", &Any, multi_region);
        let about = "Days that the trail's logs are kept; 0 keeps them for as long as the environment stands.";
        v.field("log_retention_days", about, &(0..=36_500), log_retention_days);
    }
}
