//! The spec: everything a user may set about a pipeline, read from `vidpipe.toml`.
//!
//! One list of fields per section (`visit`) drives both directions: [`Spec::load`] walks it to read
//! and check a file, [`template`] walks it to write one. A setting that is not in the list does not
//! compile, so the two cannot disagree.
//!
//! Architecture invariant: a [`Spec`] that exists is valid as far as can be told without asking
//! AWS. What only AWS knows (which minor versions a region offers, which instance classes it
//! has) is checked later, before the first change.

mod cache;
mod combinations;
mod containers;
mod credential;
mod database;
mod defaults;
mod environment;
mod field;
mod files;
mod known;
mod network;
mod observability;
mod pipeline;
mod problem;
mod read;
mod rules;
mod setting;
mod tags;
mod template;

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

pub use self::cache::Cache;
pub use self::containers::{Api, Worker};
pub use self::database::Database;
pub use self::files::{Files, PerformanceMode, ThroughputMode};
pub use self::network::Network;
pub use self::observability::{Alarms, Encryption, Logs};
pub use self::pipeline::{NotBuiltYet, Pipeline, PipelineConflict, UnknownPipeline, reconcile};
pub use self::problem::{Problem, SpecErrors};
pub use self::template::template;

use self::field::{Any, Text, Visitor};

/// Everything a user may set about a pipeline.
///
/// Had from [`Spec::load`] or [`Spec::defaults`]; both only give what passed every check.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Spec {
    /// Which of the built-in pipelines this is.
    pub pipeline: Pipeline,
    /// The AWS region everything is made in.
    pub region: String,
    /// Deletion protection: on where AWS has it, and `down` refuses without an explicit flag.
    pub protect: bool,
    /// Tags for every resource, besides the ones vidpipe sets itself.
    pub tags: BTreeMap<String, String>,
    /// VPC, subnets and NAT gateways.
    pub network: Network,
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
    /// CloudWatch Logs and Container Insights.
    pub logs: Logs,
    /// CloudWatch alarm thresholds.
    pub alarms: Alarms,
    /// The pipeline's KMS key.
    pub encryption: Encryption,
}

impl Spec {
    /// The spec a pipeline has when the user sets nothing.
    ///
    /// # Errors
    /// [`NotBuiltYet`] for a pipeline this version knows by name only.
    pub fn defaults(pipeline: Pipeline) -> Result<Self, NotBuiltYet> {
        match pipeline {
            Pipeline::Streamtech => Ok(defaults::streamtech()),
            Pipeline::StreamtechTokyo | Pipeline::Streamflix => Err(NotBuiltYet { pipeline }),
        }
    }

    /// Reads a spec. `path` only names the file in errors; `text` is its content.
    ///
    /// What the text does not set keeps the default of its pipeline, which is `streamtech` unless
    /// the text says otherwise.
    ///
    /// # Errors
    /// [`SpecErrors`] with every problem found, in the order of the file.
    pub fn load(path: &Path, text: &str) -> Result<Self, SpecErrors> {
        Self::load_for(path, text, None)
    }

    /// As [`Spec::load`], with the pipeline the command line asks for, if it asks for one.
    ///
    /// # Errors
    /// [`SpecErrors`] as in [`Spec::load`], and when the file names another pipeline than `requested`.
    pub fn load_for(path: &Path, text: &str, requested: Option<Pipeline>) -> Result<Self, SpecErrors> {
        read::load(path, text, requested)
    }

    /// Shows every setting to `v`, in the order of the file.
    fn visit<V: Visitor>(&mut self, v: &mut V) {
        let Self {
            pipeline,
            region,
            protect,
            tags,
            network,
            database,
            cache,
            files,
            worker,
            api,
            logs,
            alarms,
            encryption,
        } = self;
        v.field("pipeline", "The pipeline this file describes.", &Any, pipeline);
        let region_rule = Text { allowed: "an AWS region name, such as us-east-1", check: rules::region };
        v.field("region", "The AWS region everything is made in.", &region_rule, region);
        v.field(
            "protect",
            "Deletion protection where AWS has it; `down` then refuses without an explicit flag.",
            &Any,
            protect,
        );
        tags::visit(tags, v);
        v.section("network", "VPC, subnets and NAT gateways.", |v| network.visit(v));
        v.section("database", "RDS for PostgreSQL.", |v| database.visit(v));
        v.section("cache", "ElastiCache for Redis: one replication group.", |v| cache.visit(v));
        v.section("files", "The EFS file system the workers share.", |v| files.visit(v));
        v.section("worker", "The Fargate service that processes videos.", |v| worker.visit(v));
        v.section("api", "API Gateway and the Fargate service behind it.", |v| api.visit(v));
        v.section("logs", "CloudWatch Logs and Container Insights.", |v| logs.visit(v));
        v.section("alarms", "When CloudWatch raises an alarm.", |v| alarms.visit(v));
        v.section("encryption", "The KMS key data is encrypted with.", |v| encryption.visit(v));
    }
}
