//! The built-in pipelines, by name.

use std::fmt;
use std::str::FromStr;

use super::Pipeline;
use super::problem::quoted_line;
use super::setting::{Choice, nearest};

impl Pipeline {
    /// The pipeline used unless the spec or the command line names another.
    pub(super) const DEFAULT: Self = Self::ALL[0];

    /// The name on the command line, in the spec and in tags.
    #[must_use]
    pub fn name(self) -> &'static str {
        Choice::name(self)
    }
}

impl fmt::Display for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Pipeline {
    type Err = UnknownPipeline;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|pipeline| pipeline.name() == name);
        found.ok_or_else(|| UnknownPipeline {
            given: quoted_line(name),
            nearest: nearest(name, Self::ALL.map(Self::name)),
        })
    }
}

/// A name that matches no pipeline.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown pipeline {given}; there are {}", names())]
pub struct UnknownPipeline {
    given: String,
    nearest: Option<&'static str>,
}

impl UnknownPipeline {
    /// The suggested fix.
    #[must_use]
    pub fn hint(&self) -> String {
        match self.nearest {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("leave the pipeline out to get `{}`", Pipeline::DEFAULT),
        }
    }
}

/// The names of all pipelines, as a list in a sentence.
fn names() -> String {
    match Pipeline::ALL.map(Pipeline::name).as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        all => all.concat(),
    }
}

/// The file and the command line name different pipelines.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the spec describes `{in_file}`, but `{requested}` was asked for on the command line")]
pub struct PipelineConflict {
    /// The pipeline the file names.
    pub in_file: Pipeline,
    /// The pipeline the command line names.
    pub requested: Pipeline,
}

impl PipelineConflict {
    /// The suggested fix.
    #[must_use]
    pub fn hint(&self) -> String {
        format!("leave out `--pipeline`, or use another file for `{}` (`--config FILE`)", self.requested)
    }
}

/// Determines the pipeline from the file and the command line.
///
/// Either may be absent; the default is the first of [`Pipeline::ALL`].
///
/// # Errors
/// [`PipelineConflict`] if they differ: settings of one pipeline have no meaning in another.
pub fn reconcile(in_file: Option<Pipeline>, requested: Option<Pipeline>) -> Result<Pipeline, PipelineConflict> {
    match (in_file, requested) {
        (Some(in_file), Some(requested)) if in_file != requested => Err(PipelineConflict { in_file, requested }),
        (in_file, requested) => Ok(in_file.or(requested).unwrap_or(Pipeline::DEFAULT)),
    }
}
