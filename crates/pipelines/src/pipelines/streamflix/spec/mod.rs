//! The sections of the spec that only StreamFlix has.

mod alarms;
mod aurora;
mod consumer;
mod stream;

use serde::Serialize;

pub use self::alarms::StreamAlarms;
pub use self::aurora::Aurora;
pub use self::consumer::{Backoff, Consumer, Subnets};
pub use self::stream::{Alerts, Audit, Queue, Stream, StreamMode};
use crate::definition::Sections;
use crate::spec::field::{RangeWithHint, Visitor};
use crate::spec::observability;

/// The sections of StreamFlix.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Streamflix {
    /// The Kinesis stream that delivers the videos.
    pub stream: Stream,
    /// Aurora PostgreSQL, Serverless v2.
    pub database: Aurora,
    /// The Fargate service that reads the stream.
    pub worker: Consumer,
    /// The dead-letter queue.
    pub queue: Queue,
    /// The recipients of alarms.
    pub alerts: Alerts,
    /// The record of API calls.
    pub audit: Audit,
    /// CloudWatch alarm thresholds.
    pub alarms: StreamAlarms,
}

impl Sections for Streamflix {
    const NAT_GATEWAYS: RangeWithHint<u32> =
        RangeWithHint { range: 0..=3, hint: "use 1, or one per zone; 0 together with worker.subnets = \"public\"" };

    fn visit<V: Visitor>(&mut self, v: &mut V) {
        let Self { stream, database, worker, queue, alerts, audit, alarms: _ } = self;
        v.section("stream", "The Kinesis stream that videos come in by.", |v| stream.visit(v));
        v.section("database", "Aurora PostgreSQL, Serverless v2.", |v| database.visit(v));
        v.section("worker", "The Fargate service that reads the stream.", |v| worker.visit(v));
        v.section("queue", "The SQS queue for what could not be processed.", |v| queue.visit(v));
        v.section("alerts", "The SNS topic that alarms go to.", |v| alerts.visit(v));
        v.section("audit", "CloudTrail and the S3 bucket of its logs.", |v| audit.visit(v));
    }

    fn visit_alarms<V: Visitor>(&mut self, v: &mut V) {
        observability::alarms(v, |v| self.alarms.visit(v));
    }
}
