//! The spec: everything a user may set about a pipeline, read from `vidpipe.toml`.
//!
//! [`Spec`] holds the settings all pipelines share; its [`Design`] holds those that differ. The file does not show this
//! split: its sections are flat, and a section or key of another pipeline is refused.
//!
//! One list of fields per section (`visit`) drives both directions: [`Spec::load`] walks it to read and check a file,
//! [`template`] walks it to write one. A setting missing from the list does not compile, so the two cannot disagree.
//!
//! Architecture invariant: every [`Spec`] value is valid as far as this can be checked without AWS. What only AWS knows
//! (which minor versions and instance classes a region offers) is checked later, before the first change.

pub(crate) mod combinations;
pub(crate) mod containers;
mod credential;
pub(crate) mod defaults;
pub(crate) mod environment;
pub(crate) mod field;
mod known;
mod metadata;
mod network;
pub(crate) mod observability;
mod pipeline;
pub(crate) mod postgres;
mod problem;
mod read;
pub(crate) mod rules;
pub(crate) mod setting;
mod tags;
mod template;

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

pub use self::containers::{Count, Task};
pub use self::metadata::{Metadata, Migrations};
pub use self::network::Network;
pub use self::observability::{Encryption, Logs, Window};
pub use self::pipeline::{PipelineConflict, UnknownPipeline, reconcile};
pub(crate) use self::problem::quoted_line;
pub use self::problem::{Problem, SpecErrors};
pub use self::template::template;
pub use crate::pipelines::sections::*;
pub use crate::pipelines::{Design, Pipeline};

use self::field::{Any, Text, Visitor};

/// Everything a user may set about a pipeline.
///
/// Constructed by [`Spec::load`] or [`Spec::defaults`]; both return only values that passed every check.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Spec {
    /// The built-in pipeline.
    pub pipeline: Pipeline,
    /// The AWS region of all resources.
    pub region: String,
    /// Deletion protection: enabled on every resource that supports it, and `down` requires an explicit flag.
    pub protect: bool,
    /// User-defined tags for every resource, in addition to vidpipe's own.
    pub tags: BTreeMap<String, String>,
    /// VPC, subnets and NAT gateways.
    pub network: Network,
    /// The settings specific to this design.
    #[serde(flatten)]
    pub design: Design,
    /// CloudWatch Logs and Container Insights.
    pub logs: Logs,
    /// The pipeline's KMS key.
    pub encryption: Encryption,
    /// The tables in the database.
    pub metadata: Metadata,
}

impl Spec {
    /// The default spec of a pipeline.
    #[must_use]
    pub fn defaults(pipeline: Pipeline) -> Self {
        crate::pipelines::defaults(pipeline)
    }

    /// Parses a spec. `path` only names the file in errors; `text` is its content.
    ///
    /// A setting that the text omits keeps the default of its pipeline, which is the first of [`Pipeline::ALL`] unless
    /// the text names another.
    ///
    /// # Errors
    /// [`SpecErrors`] with every problem found, in the order of the file.
    pub fn load(path: &Path, text: &str) -> Result<Self, SpecErrors> {
        Self::load_for(path, text, None)
    }

    /// Same as [`Spec::load`], with the pipeline that the command line requests, if any.
    ///
    /// # Errors
    /// [`SpecErrors`] as in [`Spec::load`], and if the file names another pipeline than `requested`.
    pub fn load_for(path: &Path, text: &str, requested: Option<Pipeline>) -> Result<Self, SpecErrors> {
        read::load(path, text, requested)
    }

    /// Visits every setting, in the order of the file.
    fn visit<V: Visitor>(&mut self, v: &mut V) {
        let Self { pipeline, region, protect, tags, network, design, logs, encryption, metadata } = self;
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
        let gateways = design.nat_gateways();
        v.section("network", "VPC, subnets and NAT gateways.", |v| network.visit(&gateways, v));
        design.visit(v);
        v.section("logs", "CloudWatch Logs and Container Insights.", |v| logs.visit(v));
        design.visit_alarms(v);
        v.section("encryption", "The KMS key data is encrypted with.", |v| encryption.visit(v));
        v.section("metadata", "The tables in the database.", |v| metadata.visit(v));
    }
}
