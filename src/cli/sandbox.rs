//! The arguments of `rehearse` and `sandbox`.
use super::values::share;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;
use vidpipe_pipelines::spec::Pipeline;

#[derive(Debug, Args)]
pub(crate) struct Rehearse {
    /// Rehearse every pipeline with its defaults, one after the other, and show one table.
    #[arg(long, conflicts_with_all = ["pipeline", "config"])]
    pub(crate) all: bool,
    /// The pipeline: streamtech (default), streamtech-tokyo or streamflix.
    #[arg(short, long, value_name = "NAME", env = "VIDPIPE_PIPELINE")]
    pub(crate) pipeline: Option<Pipeline>,
    /// The spec; defaults to `vidpipe.toml` if it exists, else to the pipeline's defaults.
    #[arg(short, long, value_name = "FILE", env = "VIDPIPE_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// The random seed, which determines every duration and fault. The same seed gives the same rehearsal.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// The share of all calls to inject a fault into, from 0 to 0.9.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = share)]
    pub(crate) faults: f64,
    /// The kind of account: one in use, or a fresh one, which has no service-linked roles yet.
    #[arg(long, value_name = "ACCOUNT", default_value = "used")]
    pub(crate) account: Account,
    /// How long operations take, within their known range; defaults to `typical`, or to `drawn` with --faults.
    #[arg(long, value_name = "SPEED")]
    pub(crate) speed: Option<Speed>,
}

/// The service-linked roles an account has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Account {
    /// Every service-linked role exists.
    Used,
    /// No service-linked role exists: the account has never used any of the services.
    Fresh,
}

/// Where durations lie between the shortest and the longest known time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Speed {
    Slow,
    Typical,
    Fast,
    /// Anywhere in the range, chosen by the seed.
    Drawn,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SandboxCommand {
    /// Print everything that exists in the sandbox, by region, service, kind and id.
    Inventory,
    /// Store a secret in the sandbox's Secrets Manager, as if created outside vidpipe; its value is read from stdin.
    ///
    /// For pipelines that use existing secrets, such as streamtech-tokyo. If the secret exists, its value is replaced.
    PutSecret(PutSecret),
}

#[derive(Debug, Args)]
pub(crate) struct PutSecret {
    /// The secret's name, as in the spec.
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// The region of the secret.
    #[arg(long, value_name = "REGION", default_value_t = Pipeline::StreamtechTokyo.default_region().to_owned())]
    pub(crate) region: String,
}
