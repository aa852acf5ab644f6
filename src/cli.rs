//! The command line. The doc comments here are the help texts.
use clap::{Args, Parser, Subcommand, ValueEnum, builder::BoolishValueParser};
use clap_complete::Shell;
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use values::{deadline, timeout};
use vidpipe_pipelines::{spec::Pipeline, suffix::Suffix};
use vidpipe_text::path as shown;

mod graph;
mod logging;
mod sandbox;
mod timeline;
mod values;

pub(crate) use graph::{Graph, GraphFormat};
pub(crate) use logging::{Format, Logging};
pub(crate) use sandbox::{Account, PutSecret, Rehearse, SandboxCommand, Speed};
pub(crate) use timeline::Timeline;

/// Build a complete video-processing pipeline on AWS, inspect it, and delete every resource of it.
///
/// `vidpipe up --suffix staging` works in an empty folder. `vidpipe down --suffix staging` needs only the state folder.
/// After a crash, a failure or Ctrl-C, run either again: it continues where it stopped.
#[derive(Debug, Parser)]
#[command(name = "vidpipe", version, propagate_version = true, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) global: Global,
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
pub(crate) struct Global {
    /// The state folder, which records the environments.
    #[arg(long, global = true, value_name = "DIR", default_value = ".vidpipe", env = "VIDPIPE_STATE")]
    pub(crate) state: PathBuf,
    /// Use a simulated AWS inside this process instead of the real one: no account, no cost. It is stored in the state
    /// folder.
    #[arg(long, global = true, env = "VIDPIPE_SANDBOX", value_parser = BoolishValueParser::new())]
    pub(crate) sandbox: bool,
    /// How time passes in the sandbox: `instant` takes no time, `real` takes as long as AWS, `fast` is thirty times as
    /// fast, `paused` takes as long as AWS but skips every wait.
    #[arg(
        long,
        global = true,
        value_name = "CLOCK",
        default_value = "instant",
        env = "VIDPIPE_SANDBOX_CLOCK",
        hide = true
    )]
    pub(crate) sandbox_clock: SandboxClock,
    /// The format of stdout; everything else goes to stderr. `jsonl` streams events, `json` prints one object at the
    /// end.
    #[arg(short, long, global = true, value_name = "FORMAT", default_value = "human", env = "VIDPIPE_OUTPUT")]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) logging: Logging,
}

impl Global {
    /// A command line as the user would type it, with these options.
    pub(crate) fn again(&self, command: &str, suffix: &str) -> String {
        let sandbox = if self.sandbox { " --sandbox" } else { "" };
        let folder = &self.state;
        let state = if folder == Path::new(".vidpipe") { String::new() } else { format!(" --state {}", shown(folder)) };
        format!("vidpipe {command} --suffix {suffix}{sandbox}{state}")
    }
}

/// The clock of the sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SandboxClock {
    Instant,
    Real,
    Fast,
    Paused,
}

/// The output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    Human,
    Plain,
    Json,
    Jsonl,
    /// `export NAME='value'` lines for a shell; for `outputs` only.
    Env,
    /// `name=value` lines for a GitHub Actions job; for `outputs` only.
    Github,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create, resume or update an environment to match its spec.
    #[command(visible_aliases = ["deploy", "apply"])]
    Up(Up),
    /// Delete every resource of an environment. Needs only the state folder.
    #[command(visible_alias = "destroy")]
    Down(Down),
    /// Show what `up` would do, with every property of every resource. Changes nothing.
    #[command(visible_aliases = ["preview", "diff"])]
    Plan(Plan),
    /// Show the recorded environments, or the nodes of one. Calls no AWS API.
    Status(Status),
    /// Show the outputs of an environment: endpoints, ids, the secret's ARN.
    Outputs(Outputs),
    /// Check on AWS that an environment is usable: encrypted, reachable only as intended, stable, backed up, tagged.
    ///
    /// Compares every resource with its desired state. Changes nothing. Exits with 1 when a check fails or cannot be
    /// made.
    Verify(Verify),
    /// Draw a finished run: how long each task took, what it waited for, and how the run differs from an earlier one.
    ///
    /// Every run is recorded in the state folder. The last 50 are kept, even after the environment is deleted. Calls no
    /// AWS API.
    Timeline(Timeline),
    /// Write a commented `vidpipe.toml` that holds a pipeline's defaults.
    Init(Init),
    /// Draw a pipeline: its resources and their dependencies.
    Graph(Graph),
    /// Rehearse `up`, a second `up` and `down` in the sandbox, in seconds, and report the result. Touches nothing real.
    ///
    /// Operations take as long as on AWS, on a simulated clock. With --faults, calls are throttled, lost and cut off.
    Rehearse(Rehearse),
    /// Inspect or prepare the sandbox: the simulated AWS in this process that --sandbox uses.
    #[command(subcommand)]
    Sandbox(SandboxCommand),
    /// Write a completion script for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Write the manual pages.
    Man {
        /// The folder to write them to; if omitted, the main page is printed to stdout.
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
}

impl Command {
    /// The --deadline of the command, if any.
    pub(crate) fn deadline(&self) -> Option<Duration> {
        match self {
            Self::Up(args) => args.run.deadline,
            Self::Down(args) => args.run.deadline,
            _ => None,
        }
    }
}

/// The environment and its spec.
#[derive(Clone, Debug, Args)]
pub(crate) struct EnvArgs {
    /// The environment's name: 2 to 18 characters of a-z, 0-9 and single hyphens, starting with a letter.
    #[arg(short, long, value_name = "SUFFIX", env = "VIDPIPE_SUFFIX", value_parser = Suffix::parse, allow_hyphen_values = true)]
    pub(crate) suffix: Suffix,
    /// The pipeline: streamtech (default), streamtech-tokyo or streamflix.
    #[arg(short, long, value_name = "NAME", env = "VIDPIPE_PIPELINE")]
    pub(crate) pipeline: Option<Pipeline>,
    /// The spec; defaults to `vidpipe.toml` if it exists, else to the pipeline's defaults.
    #[arg(short, long, value_name = "FILE", env = "VIDPIPE_CONFIG")]
    pub(crate) config: Option<PathBuf>,
}

/// Options of a run.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Do not prompt. `up` deletes or replaces a node that holds data only if --allow-data-loss names it.
    #[arg(short, long, env = "VIDPIPE_YES", value_parser = BoolishValueParser::new())]
    pub(crate) yes: bool,
    /// The timeout of a kind of resource, such as `rds:instance=40m`. May be given several times.
    #[arg(long, value_name = "KIND=DURATION", value_parser = timeout, env = "VIDPIPE_TIMEOUT", value_delimiter = ',')]
    pub(crate) timeout: Vec<(String, Duration)>,
    /// Finish within this time, such as `25m`: refuse a run that is unlikely to fit, and stop cleanly when the time is
    /// up.
    #[arg(long, value_name = "DURATION", value_parser = deadline, env = "VIDPIPE_DEADLINE")]
    pub(crate) deadline: Option<Duration>,
    /// The maximum number of concurrent API calls. Waiting does not count.
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=256), env = "VIDPIPE_CONCURRENCY")]
    pub(crate) concurrency: u16,
}

#[derive(Debug, Args)]
pub(crate) struct Up {
    #[command(flatten)]
    pub(crate) env: EnvArgs,
    #[command(flatten)]
    pub(crate) run: RunArgs,
    /// On failure, keep what exists and continue on the next run, or delete what this run created.
    #[arg(long, value_name = "WHAT", default_value = "keep", env = "VIDPIPE_ON_FAILURE")]
    pub(crate) on_failure: OnFailure,
    /// First read every recorded resource, and recreate what is missing.
    #[arg(long, env = "VIDPIPE_REFRESH", value_parser = BoolishValueParser::new())]
    pub(crate) refresh: bool,
    /// Allow deleting or replacing this node and its data. May be given several times, or with commas. --yes does not
    /// imply it.
    // No environment variable: consent to data loss is given for one run and must not persist to the next.
    #[arg(long, value_name = "NODE", value_delimiter = ',')]
    pub(crate) allow_data_loss: Vec<String>,
    /// Allow removing the protection, or losing data of a protected environment (with --allow-data-loss).
    #[arg(long)]
    pub(crate) remove_protection: bool,
    /// Also write the outputs to this file, as one flat JSON object.
    #[arg(long, value_name = "FILE", env = "VIDPIPE_FLAT_FILE")]
    pub(crate) flat_file: Option<PathBuf>,
}

/// The handling of a failed run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnFailure {
    Keep,
    Rollback,
}

/// A recorded environment.
#[derive(Clone, Debug, Args)]
pub(crate) struct RecordedArgs {
    /// The environment's name.
    #[arg(short, long, value_name = "SUFFIX", env = "VIDPIPE_SUFFIX", value_parser = Suffix::parse, allow_hyphen_values = true)]
    pub(crate) suffix: Suffix,
    /// The pipeline, if several have an environment of that name.
    #[arg(short, long, value_name = "NAME", env = "VIDPIPE_PIPELINE")]
    pub(crate) pipeline: Option<Pipeline>,
    /// The region, if there are environments of that name in several.
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Down {
    #[command(flatten)]
    pub(crate) env: RecordedArgs,
    #[command(flatten)]
    pub(crate) run: RunArgs,
    /// Allow deleting a protected environment.
    #[arg(long)]
    pub(crate) remove_protection: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Plan {
    #[command(flatten)]
    pub(crate) env: EnvArgs,
    /// First read every recorded resource, and show what is missing or differs.
    #[arg(long, env = "VIDPIPE_REFRESH", value_parser = BoolishValueParser::new())]
    pub(crate) refresh: bool,
    /// Exit with 2 if there are changes.
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
    /// Show what `down` would do instead.
    #[arg(long)]
    pub(crate) down: bool,
    /// With --down: the region, if there are environments of that name in several.
    #[arg(long, value_name = "REGION", requires = "down")]
    pub(crate) region: Option<String>,
    /// Also list unchanged nodes.
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Status {
    /// The environment's name; if omitted, all are listed.
    #[arg(short, long, value_name = "SUFFIX", env = "VIDPIPE_SUFFIX", value_parser = Suffix::parse, allow_hyphen_values = true)]
    pub(crate) suffix: Option<Suffix>,
    /// The pipeline, if several have an environment of that name.
    #[arg(short, long, value_name = "NAME", env = "VIDPIPE_PIPELINE")]
    pub(crate) pipeline: Option<Pipeline>,
    /// The region, if there are environments of that name in several.
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Outputs {
    #[command(flatten)]
    pub(crate) env: RecordedArgs,
    /// Also write the outputs to this file, as one flat JSON object.
    #[arg(long, value_name = "FILE", env = "VIDPIPE_FLAT_FILE")]
    pub(crate) flat_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    pub(crate) env: RecordedArgs,
    /// Also write the evidence to this file, in Markdown: every check, the observed value, and the API call it comes
    /// from.
    #[arg(long, value_name = "FILE", env = "VIDPIPE_REPORT")]
    pub(crate) report: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// The pipeline: streamtech (default), streamtech-tokyo or streamflix.
    #[arg(short, long, value_name = "NAME", env = "VIDPIPE_PIPELINE")]
    pub(crate) pipeline: Option<Pipeline>,
    /// Where to write it; `-` is stdout.
    #[arg(short, long, value_name = "FILE", default_value = "vidpipe.toml", env = "VIDPIPE_CONFIG")]
    pub(crate) config: PathBuf,
}
