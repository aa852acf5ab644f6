//! The pipelines vidpipe can build, one folder each. A new pipeline needs a folder, its `mod` and its entry here.
//!
//! Architecture invariant: no other file outside these folders names a pipeline. What several pipelines share is in
//! `parts/` and `spec/`.

mod streamflix;
mod streamtech;
mod streamtech_tokyo;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use vidpipe_aws::{Aws, Facts, Requirements};
use vidpipe_engine::Graph;

use crate::definition::{Definition, Sections};
use crate::spec::Spec;
use crate::spec::combinations::Rules;
use crate::spec::field::{RangeWithHint, Visitor};
use crate::spec::setting::Choice;
use crate::suffix::Suffix;

macro_rules! pipelines { ($(
    $home:ident :: $Design:ident { $($Pipeline:ident = $name:literal in $folder:ident),+ $(,)? }
)+) => {
    /// A built-in pipeline.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
    pub enum Pipeline { $($(
        #[doc = concat!("The pipeline `", $name, "`.")]
        #[serde(rename = $name)]
        $Pipeline,
    )+)+ }

    impl Choice for Pipeline {
        const CHOICES: &'static [(&'static str, Self)] = &[$($(($name, Self::$Pipeline),)+)+];
    }

    impl Pipeline {
        /// Every pipeline, the default first.
        pub const ALL: [Self; [$($($name,)+)+].len()] = [$($(Self::$Pipeline,)+)+];

        /// The region used unless the spec sets another.
        #[must_use]
        pub fn default_region(self) -> &'static str {
            match self { $($(Self::$Pipeline => $folder::PIPELINE.region,)+)+ }
        }
    }

    /// The sections specific to one design. Pipelines that share a design have different defaults.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    #[serde(untagged)]
    pub enum Design { $(
        #[doc = concat!("The sections of `", stringify!($home), "`.")]
        $Design(Box<$home::spec::$Design>),
    )+ }

    impl Design {
        /// The supported number of NAT gateways.
        pub(crate) fn nat_gateways(&self) -> RangeWithHint<u32> {
            match self { $(Self::$Design(_) => <$home::spec::$Design as Sections>::NAT_GATEWAYS,)+ }
        }

        pub(crate) fn visit<V: Visitor>(&mut self, v: &mut V) {
            match self { $(Self::$Design(design) => design.visit(v),)+ }
        }

        pub(crate) fn visit_alarms<V: Visitor>(&mut self, v: &mut V) {
            match self { $(Self::$Design(design) => design.visit_alarms(v),)+ }
        }
    }

    /// The types of all sections.
    pub(crate) mod sections { $(pub use super::$home::spec::*;)+ }

    $(impl $home::spec::$Design {
        /// The definition of a pipeline of this design.
        fn definition(&self, pipeline: Pipeline) -> Definition<Self> {
            match pipeline {
                $(Pipeline::$Pipeline => $folder::PIPELINE,)+
                _ => $home::PIPELINE,
            }
        }
    })+

    /// The default spec of a pipeline.
    pub(crate) fn defaults(pipeline: Pipeline) -> Spec {
        match pipeline { $($(Pipeline::$Pipeline => $folder::PIPELINE.spec(pipeline, Design::$Design),)+)+ }
    }

    /// Refuses combinations of settings by the rules of the pipeline.
    pub(crate) fn check(spec: &Spec, rules: &mut Rules<'_, '_>) {
        match &spec.design { $(
            Design::$Design(design) => (design.definition(spec.pipeline).rules)(spec, design, rules),
        )+ }
    }

    /// The facts about the region and the account that building the graph requires.
    #[must_use]
    pub fn requirements(spec: &Spec) -> Requirements<'_> {
        match &spec.design { $(
            Design::$Design(design) => (design.definition(spec.pipeline).requirements)(spec, design),
        )+ }
    }

    /// Builds the resource graph of an environment with this spec.
    pub fn graph(spec: &Spec, suffix: &Suffix, facts: &Facts) -> Graph<Aws> {
        match &spec.design { $(
            Design::$Design(design) => (design.definition(spec.pipeline).graph)(spec, design, suffix, facts),
        )+ }
    }
} }

// An entry is `folder::Design { Pipeline = "name" in folder, .. }`: a design, and the pipelines that have it. The first
// pipeline is the default. Names are recorded in states, so they are not changed later.
pipelines! {
    streamtech::Streamtech {
        Streamtech = "streamtech" in streamtech,
        StreamtechTokyo = "streamtech-tokyo" in streamtech_tokyo,
    }
    streamflix::Streamflix { Streamflix = "streamflix" in streamflix }
}
