//! The sections of the spec that only StreamTech pipelines have.

mod alarms;
mod api;
mod cache;
mod database;
mod files;
mod secrets;
mod worker;

use serde::Serialize;

pub use self::alarms::Alarms;
pub use self::api::Api;
pub use self::cache::Cache;
pub use self::database::Database;
pub use self::files::{Files, PerformanceMode, ThroughputMode};
pub use self::secrets::Secrets;
pub use self::worker::Worker;
use crate::definition::Sections;
use crate::spec::field::{RangeWithHint, Visitor};
use crate::spec::observability;

/// The sections of the StreamTech pipelines.
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

impl Sections for Streamtech {
    const NAT_GATEWAYS: RangeWithHint<u32> =
        RangeWithHint { range: 1..=3, hint: "private subnets reach the internet through NAT; use 1, or one per zone" };

    fn visit<V: Visitor>(&mut self, v: &mut V) {
        let Self { database, cache, files, worker, api, secrets, alarms: _ } = self;
        v.section("database", "RDS for PostgreSQL.", |v| database.visit(v));
        v.section("cache", "ElastiCache for Redis: one replication group.", |v| cache.visit(v));
        v.section("files", "The EFS file system the workers share.", |v| files.visit(v));
        v.section("worker", "The Fargate service that processes videos.", |v| worker.visit(v));
        v.section("api", "API Gateway and the Fargate service behind it.", |v| api.visit(v));
        v.section("secrets", "Secrets Manager entries that exist already.", |v| secrets.visit(v));
    }

    fn visit_alarms<V: Visitor>(&mut self, v: &mut V) {
        observability::alarms(v, |v| self.alarms.visit(v));
    }
}
