//! What the command line has for practice: rehearsals, and the sandbox.
use super::values::share;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;
use vidpipe_pipelines::spec::Pipeline;

#[derive(Debug, Args)]
pub(crate) struct Rehearse {
    /// All the pipelines with their defaults, one after the other, in one table.
    #[arg(long, conflicts_with_all = ["pipeline", "config"])]
    pub(crate) all: bool,
    /// The pipeline: streamtech (default), streamtech-tokyo or streamflix.
    #[arg(short, long, value_name = "NAME", env = "VIDPIPE_PIPELINE")]
    pub(crate) pipeline: Option<Pipeline>,
    /// The spec; without it, `vidpipe.toml` if there is one, and else the pipeline's defaults.
    #[arg(short, long, value_name = "FILE", env = "VIDPIPE_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Which day: every time and fault is drawn from it, and the same seed is the same day.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// The share of all calls that a fault strikes, from 0 to 0.9.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = share)]
    pub(crate) faults: f64,
    /// What account it is: one that has been in use, or one on its first day, which has none of the roles that AWS's services act under.
    #[arg(long, value_name = "ACCOUNT", default_value = "used")]
    pub(crate) account: Account,
    /// How long things take, of what is known of them; without it, typical, or drawn where there are faults.
    #[arg(long, value_name = "SPEED")]
    pub(crate) speed: Option<Speed>,
}

/// What an account has of services' own roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Account {
    /// All of them.
    Used,
    /// None: it has never used any of the services.
    Fresh,
}

/// Where between the shortest and the longest time known things take theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Speed {
    Slow,
    Typical,
    Fast,
    /// Anything in between, by the seed.
    Drawn,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SandboxCommand {
    /// Print everything that exists in the sandbox, by region, service, kind and id.
    Inventory,
    /// Put a secret into the sandbox's Secrets Manager, as somebody else would; its value is read from stdin.
    ///
    /// For pipelines that use secrets which are there already, such as streamtech-tokyo. A secret of that name gets the new value.
    PutSecret(PutSecret),
}

#[derive(Debug, Args)]
pub(crate) struct PutSecret {
    /// The secret's name, as the spec has it.
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// The region it is put into.
    #[arg(long, value_name = "REGION", default_value_t = Pipeline::StreamtechTokyo.default_region().to_owned())]
    pub(crate) region: String,
}
