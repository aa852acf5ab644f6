//! The sections that differ between pipelines. Both StreamTech pipelines share one design, with different defaults.

use serde::Serialize;

use super::field::{RangeWithHint, Visitor};
use super::{
    Alarms, Alerts, Api, Audit, Aurora, Cache, Consumer, Database, Files, Queue, Secrets, Stream, StreamAlarms, Worker,
};

/// The sections specific to one design.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Design {
    /// Video processing on RDS, Redis and EFS, behind an API.
    Streamtech(Box<Streamtech>),
    /// Stream processing on Kinesis and Aurora.
    Streamflix(Box<Streamflix>),
}

/// The sections of both StreamTech pipelines.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Streamtech {
    /// RDS for PostgreSQL.
    pub database: Database,
    /// ElastiCache for Redis.
    pub cache: Cache,
    /// The EFS file system the workers share.
    pub files: Files,
    /// The Fargate service that processes videos.
    pub worker: Worker,
    /// The Fargate service behind API Gateway, and API Gateway itself.
    pub api: Api,
    /// Existing secrets.
    pub secrets: Secrets,
    /// CloudWatch alarm thresholds.
    pub alarms: Alarms,
}

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

impl Design {
    /// The supported number of NAT gateways.
    pub(super) fn nat_gateways(&self) -> RangeWithHint<u32> {
        match self {
            Self::Streamtech(_) => RangeWithHint {
                range: 1..=3,
                hint: "private subnets reach the internet through NAT; use 1, or one per zone",
            },
            Self::Streamflix(_) => RangeWithHint {
                range: 0..=3,
                hint: "use 1, or one per zone; 0 together with worker.subnets = \"public\"",
            },
        }
    }

    pub(super) fn visit<V: Visitor>(&mut self, v: &mut V) {
        match self {
            Self::Streamtech(design) => design.visit(v),
            Self::Streamflix(design) => design.visit(v),
        }
    }

    pub(super) fn visit_alarms<V: Visitor>(&mut self, v: &mut V) {
        match self {
            Self::Streamtech(design) => design.alarms.visit(v),
            Self::Streamflix(design) => design.alarms.visit(v),
        }
    }
}

impl Streamtech {
    fn visit<V: Visitor>(&mut self, v: &mut V) {
        let Self { database, cache, files, worker, api, secrets, alarms: _ } = self;
        v.section("database", "RDS for PostgreSQL.", |v| database.visit(v));
        v.section("cache", "ElastiCache for Redis: one replication group.", |v| cache.visit(v));
        v.section("files", "The EFS file system the workers share.", |v| files.visit(v));
        v.section("worker", "The Fargate service that processes videos.", |v| worker.visit(v));
        v.section("api", "API Gateway and the Fargate service behind it.", |v| api.visit(v));
        v.section("secrets", "Secrets Manager entries that exist already.", |v| secrets.visit(v));
    }
}

impl Streamflix {
    fn visit<V: Visitor>(&mut self, v: &mut V) {
        let Self { stream, database, worker, queue, alerts, audit, alarms: _ } = self;
        v.section("stream", "The Kinesis stream that videos come in by.", |v| stream.visit(v));
        v.section("database", "Aurora PostgreSQL, Serverless v2.", |v| database.visit(v));
        v.section("worker", "The Fargate service that reads the stream.", |v| worker.visit(v));
        v.section("queue", "The SQS queue for what could not be processed.", |v| queue.visit(v));
        v.section("alerts", "The SNS topic that alarms go to.", |v| alerts.visit(v));
        v.section("audit", "CloudTrail and the S3 bucket of its logs.", |v| audit.visit(v));
    }
}
