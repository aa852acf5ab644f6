//! The arguments of `timeline`.
use clap::Args;
use std::path::PathBuf;
use vidpipe_pipelines::{spec::Pipeline, suffix::Suffix};

#[derive(Debug, Args)]
pub(crate) struct Timeline {
    /// The run: 1 is the newest (default), 2 the one before it; or the beginning of its timestamp, such as
    /// 20261128T1842.
    #[arg(value_name = "RUN", conflicts_with = "list")]
    pub(crate) run: Option<String>,
    /// The environment's name. The history of a deleted environment is kept.
    #[arg(short, long, value_name = "SUFFIX", env = "VIDPIPE_SUFFIX", value_parser = Suffix::parse, allow_hyphen_values = true)]
    pub(crate) suffix: Suffix,
    /// The pipeline, if several have an environment of that name.
    #[arg(short, long, value_name = "NAME", env = "VIDPIPE_PIPELINE")]
    pub(crate) pipeline: Option<Pipeline>,
    /// The region, if there were environments of that name in several.
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// List the recorded runs instead of drawing one.
    #[arg(long, conflicts_with_all = ["against", "no_diff", "all", "svg", "html"])]
    pub(crate) list: bool,
    /// The run to compare with, named like RUN; defaults to the latest earlier run of the same command that completed.
    #[arg(long, value_name = "RUN", conflicts_with = "no_diff")]
    pub(crate) against: Option<String>,
    /// Do not compare the run with another one.
    #[arg(long)]
    pub(crate) no_diff: bool,
    /// Show every task, however short, and every list in full.
    #[arg(long)]
    pub(crate) all: bool,
    /// Draw an SVG instead, to this file; without a file, to stdout.
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-")]
    pub(crate) svg: Option<PathBuf>,
    /// Write a self-contained HTML page instead, to this file; without a file, to stdout.
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-")]
    pub(crate) html: Option<PathBuf>,
}
