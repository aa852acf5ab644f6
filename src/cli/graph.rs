//! The arguments of `graph`.
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use vidpipe_pipelines::spec::Pipeline;

#[derive(Debug, Args)]
pub(crate) struct Graph {
    /// The pipeline: streamtech (default), streamtech-tokyo or streamflix.
    #[arg(short, long, value_name = "NAME", env = "VIDPIPE_PIPELINE")]
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
