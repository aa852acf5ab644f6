//! `vidpipe graph`: draws a pipeline. Calls no AWS API, so zones and versions are placeholders.
use crate::{
    args::pipelines,
    fail::{Exit, Failure, Result},
    print::print,
    spec,
};
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use vidpipe_aws::Facts;
use vidpipe_pipelines::{requirements, spec::Pipeline, suffix::Suffix};
use vidpipe_report::graph::{Picture, dot, mermaid, svg};

#[derive(Debug, Args)]
pub(crate) struct GraphArgs {
    #[arg(short, long, value_name = "NAME", env = "VIDPIPE_PIPELINE", help = pipelines())]
    pub(crate) pipeline: Option<Pipeline>,
    /// The spec; defaults to `vidpipe.toml` if it exists, else to the pipeline's defaults.
    #[arg(short, long, value_name = "FILE", env = "VIDPIPE_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Draw every node. Without it, only the main resources: networks, gateways, services, stores.
    #[arg(long)]
    pub(crate) all: bool,
    /// The format of the drawing.
    #[arg(long, value_name = "FORMAT", default_value = "mermaid")]
    pub(crate) format: GraphFormat,
}

/// A format of the drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormat {
    Dot,
    Mermaid,
    Svg,
}

pub(crate) fn run(args: &GraphArgs) -> Result {
    let spec = spec::load(args.config.as_ref(), args.pipeline)?;
    let suffix = Suffix::parse("example").map_err(|e| Failure::new(Exit::Failed, e.to_string()))?;
    let facts = Facts::placeholders(&spec.region, &requirements(&spec));
    let graph = vidpipe_pipelines::graph(&spec, &suffix, &facts);
    let picture = if args.all { Picture::from(&graph) } else { Picture::overview(&graph) };
    print(&match args.format {
        GraphFormat::Dot => dot(&picture),
        GraphFormat::Mermaid => mermaid(&picture),
        GraphFormat::Svg => svg(&picture),
    })
}
