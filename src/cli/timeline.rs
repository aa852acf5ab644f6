//! What the command line has for the history of runs.
use clap::Args;
use std::path::PathBuf;
use vidpipe_pipelines::{spec::Pipeline, suffix::Suffix};

#[derive(Debug, Args)]
pub(crate) struct Timeline {
    /// Which run: 1 is the newest (default), 2 the one before it; or the beginning of its time, such as 20261128T1842.
    #[arg(value_name = "RUN", conflicts_with = "list")]
    pub(crate) run: Option<String>,
    /// The environment's name. It may be gone: its history stays.
    #[arg(short, long, value_name = "SUFFIX", env = "VIDPIPE_SUFFIX", value_parser = Suffix::parse, allow_hyphen_values = true)]
    pub(crate) suffix: Suffix,
    /// The pipeline, if several have an environment of that name.
    #[arg(short, long, value_name = "NAME", env = "VIDPIPE_PIPELINE")]
    pub(crate) pipeline: Option<Pipeline>,
    /// List the runs that are kept, and draw none.
    #[arg(long, conflicts_with_all = ["against", "no_diff", "all", "svg", "html"])]
    pub(crate) list: bool,
    /// The run it is compared with, named like RUN; without it, the last one before of the same command that did all it
    /// had to do.
    #[arg(long, value_name = "RUN", conflicts_with = "no_diff")]
    pub(crate) against: Option<String>,
    /// Compare it with no other run.
    #[arg(long)]
    pub(crate) no_diff: bool,
    /// A line for every task however quick it was, and every list to its end.
    #[arg(long)]
    pub(crate) all: bool,
    /// Draw it as an SVG instead, to this file; without a file, to stdout.
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-")]
    pub(crate) svg: Option<PathBuf>,
    /// Make a page of it instead that needs nothing else, to this file; without a file, to stdout.
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-")]
    pub(crate) html: Option<PathBuf>,
}
