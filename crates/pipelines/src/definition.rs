//! The interface through which a pipeline is built in: its own sections of the spec, its defaults, its rules, the facts
//! it requires and its graph.
//!
//! Nothing here depends on a particular pipeline; the registry (`pipelines.rs`) passes each one in.

use std::collections::BTreeMap;

use vidpipe_aws::{Aws, Facts, Requirements};
use vidpipe_engine::Graph;

use crate::spec::combinations::Rules;
use crate::spec::field::{RangeWithHint, Visitor};
use crate::spec::{Design, Encryption, Logs, Metadata, Network, Pipeline, Spec};
use crate::suffix::Suffix;

/// A pipeline. `D` is its design: the sections that pipelines of another design do not have.
pub(crate) struct Definition<D> {
    /// The region used unless the spec sets another.
    pub(crate) region: &'static str,
    /// The default settings.
    pub(crate) defaults: fn() -> Defaults<D>,
    /// Refuses settings that are valid alone but not in combination.
    pub(crate) rules: fn(&Spec, &D, &mut Rules<'_, '_>),
    /// The facts about the region and the account that the graph requires.
    pub(crate) requirements: for<'a> fn(&'a Spec, &'a D) -> Requirements<'a>,
    /// Builds the resource graph.
    pub(crate) graph: fn(&Spec, &D, &Suffix, &Facts) -> Graph<Aws>,
}

/// The default settings of a pipeline.
pub(crate) struct Defaults<D> {
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) network: Network,
    pub(crate) design: D,
    pub(crate) logs: Logs,
    pub(crate) encryption: Encryption,
    pub(crate) metadata: Metadata,
}

/// A design: the sections of the spec that pipelines of another design do not have.
pub(crate) trait Sections {
    /// The supported number of NAT gateways.
    const NAT_GATEWAYS: RangeWithHint<u32>;

    /// Visits every section but `[alarms]`, in the order of the file.
    fn visit<V: Visitor>(&mut self, v: &mut V);

    /// Visits `[alarms]`, which follows the sections that all pipelines have.
    fn visit_alarms<V: Visitor>(&mut self, v: &mut V);
}

impl<D> Definition<D> {
    /// The default spec of this pipeline. `wrap` makes its sections a [`Design`].
    pub(crate) fn spec(&self, pipeline: Pipeline, wrap: fn(Box<D>) -> Design) -> Spec {
        let Defaults { tags, network, design, logs, encryption, metadata } = (self.defaults)();
        Spec {
            pipeline,
            region: self.region.to_owned(),
            protect: false,
            tags,
            network,
            design: wrap(Box::new(design)),
            logs,
            encryption,
            metadata,
        }
    }
}
