//! The command line. The doc comments here are the help.
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::{path::PathBuf, time::Duration};
use values::{deadline, timeout};
use vidpipe_pipelines::{spec::Pipeline, suffix::Suffix};

mod logging;
mod practice;
mod timeline;
mod values;

pub(crate) use logging::{Format, Logging};
pub(crate) use practice::{Account, PutSecret, Rehearse, SandboxCommand, Speed};
pub(crate) use timeline::Timeline;

/// Build a complete video-processing pipeline on AWS, see what is there, and remove every trace of it.
///
/// `vidpipe up --suffix staging` works in an empty folder. `vidpipe down --suffix staging` needs nothing but the state
/// folder. Run either again after a crash, a failure or Ctrl-C: it continues where it stopped.
#[derive(Debug, Parser)]
#[command(name = "vidpipe", version, propagate_version = true, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) global: Global,
}

/// What every command takes.
#[derive(Clone, Debug, Args)]
pub(crate) struct Global {
    /// Where environments are recorded.
    #[arg(long, global = true, value_name = "DIR", default_value = ".vidpipe", env = "VIDPIPE_STATE")]
    pub(crate) state: PathBuf,
    /// Use an AWS inside this process instead of the real one: no account, no cost. It is kept in the state folder.
    #[arg(long, global = true, env = "VIDPIPE_SANDBOX")]
    pub(crate) sandbox: bool,
    /// How time passes in the sandbox: not at all, as on AWS, thirty times as fast, or as on AWS with every wait skipped.
    #[arg(
        long,
        global = true,
        value_name = "CLOCK",
        default_value = "instant",
        env = "VIDPIPE_SANDBOX_CLOCK",
        hide = true
    )]
    pub(crate) sandbox_clock: SandboxClock,
    /// What goes to stdout; everything else goes to stderr. `jsonl` streams events, `json` is one object at the end.
    #[arg(short, long, global = true, value_name = "FORMAT", default_value = "human", env = "VIDPIPE_OUTPUT")]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) logging: Logging,
}

/// How time passes in the sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SandboxClock {
    Instant,
    Real,
    Fast,
    Paused,
}

/// A format of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    Human,
    Plain,
    Json,
    Jsonl,
    /// `export NAME='value'` lines for a shell; for `outputs` only.
    Env,
    /// `name=value` lines for a GitHub job; for `outputs` only.
    Github,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make the environment be as the spec says: create, resume, change.
    #[command(visible_aliases = ["deploy", "apply"])]
    Up(Up),
    /// Remove every trace of an environment. Needs only the state folder.
    #[command(visible_alias = "destroy")]
    Down(Down),
    /// Show what `up` would do, with every property of every resource. Changes nothing.
    #[command(visible_aliases = ["preview", "diff"])]
    Plan(Plan),
    /// Show what is there: all environments, or the nodes of one. Asks AWS nothing.
    Status(Status),
    /// Show the values of an environment that others need: endpoints, ids, the secret's ARN.
    Outputs(Outputs),
    /// Ask AWS whether an environment is usable: encrypted, reachable by whom it should be, steady, backed up, tagged.
    ///
    /// Every resource is compared with what was wanted of it. Changes nothing. Exits with 1 when something is not as it
    /// should be, or could not be asked.
    Verify(Verify),
    /// Draw a run that is over: what took how long, what waited for what, and how it differs from an earlier run.
    ///
    /// Every run is recorded in the state folder; the last 50 are kept, also of what is gone. Asks AWS nothing.
    Timeline(Timeline),
    /// Write a commented `vidpipe.toml` that holds a pipeline's defaults.
    Init(Init),
    /// Draw a pipeline: what it is made of and what stands on what.
    Graph(Graph),
    /// Let an environment go up, up again and down in the sandbox, in seconds, and tell how it went. Touches nothing real.
    ///
    /// Times are AWS's, on a clock that jumps. With --faults, calls are throttled, lost and cut as on a bad day.
    Rehearse(Rehearse),
    /// Look into the sandbox: the AWS in this process that --sandbox uses.
    #[command(subcommand)]
    Sandbox(SandboxCommand),
    /// Write a completion script for a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Write the manual pages.
    Man {
        /// The folder to write them to; without it the main page goes to stdout.
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
}

impl Command {
    /// How long it may take, if that was said.
    pub(crate) fn deadline(&self) -> Option<Duration> {
        match self {
            Self::Up(args) => args.doing.deadline,
            Self::Down(args) => args.doing.deadline,
            _ => None,
        }
    }
}

/// Which environment, and how it is described.
#[derive(Clone, Debug, Args)]
pub(crate) struct Described {
    /// The environment's name: 2 to 18 of a-z, 0-9 and single hyphens, a letter first.
    #[arg(short, long, value_name = "SUFFIX", env = "VIDPIPE_SUFFIX", value_parser = Suffix::parse, allow_hyphen_values = true)]
    pub(crate) suffix: Suffix,
    /// The pipeline: streamtech (default), streamtech-tokyo or streamflix.
    #[arg(short, long, value_name = "NAME", env = "VIDPIPE_PIPELINE")]
    pub(crate) pipeline: Option<Pipeline>,
    /// The spec; without it, `vidpipe.toml` if there is one, and else the pipeline's defaults.
    #[arg(short, long, value_name = "FILE", env = "VIDPIPE_CONFIG")]
    pub(crate) config: Option<PathBuf>,
}

/// How a run is done.
#[derive(Debug, Args)]
pub(crate) struct Doing {
    /// Ask nothing. What holds data is removed or replaced by `up` only if it is named by --allow-data-loss.
    #[arg(short, long, env = "VIDPIPE_YES")]
    pub(crate) yes: bool,
    /// Give up on a kind after so long, such as `rds:instance=40m`; may be given several times.
    #[arg(long, value_name = "KIND=DURATION", value_parser = timeout, env = "VIDPIPE_TIMEOUT", value_delimiter = ',')]
    pub(crate) timeout: Vec<(String, Duration)>,
    /// Be done within this time, such as `25m`: refuse at once what is not likely to fit, and stop cleanly if it comes to that.
    #[arg(long, value_name = "DURATION", value_parser = deadline, env = "VIDPIPE_DEADLINE")]
    pub(crate) deadline: Option<Duration>,
    /// Calls in flight at once. Waiting does not count.
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=256), env = "VIDPIPE_CONCURRENCY")]
    pub(crate) concurrency: u16,
}

#[derive(Debug, Args)]
pub(crate) struct Up {
    #[command(flatten)]
    pub(crate) described: Described,
    #[command(flatten)]
    pub(crate) doing: Doing,
    /// What to do when something fails: keep what is there and continue next time, or remove again what this run made.
    #[arg(long, value_name = "WHAT", default_value = "keep", env = "VIDPIPE_ON_FAILURE")]
    pub(crate) on_failure: OnFailure,
    /// First look at everything recorded, and make again what is gone.
    #[arg(long, env = "VIDPIPE_REFRESH")]
    pub(crate) refresh: bool,
    /// Remove or replace this node, with the data it holds; several times, or with commas. --yes does not allow that.
    // Of no environment variable: what is lost is said for one run, and not left lying about for the next.
    #[arg(long, value_name = "NODE", value_delimiter = ',')]
    pub(crate) allow_data_loss: Vec<String>,
    /// Take protection away, or lose data of a protected environment (with --allow-data-loss).
    #[arg(long)]
    pub(crate) remove_protection: bool,
    /// Also write the outputs to this file, as one flat JSON object.
    #[arg(long, value_name = "FILE", env = "VIDPIPE_FLAT_FILE")]
    pub(crate) flat_file: Option<PathBuf>,
}

/// What to do when something fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnFailure {
    Keep,
    Rollback,
}

#[derive(Debug, Args)]
pub(crate) struct Down {
    /// The environment's name.
    #[arg(short, long, value_name = "SUFFIX", env = "VIDPIPE_SUFFIX", value_parser = Suffix::parse, allow_hyphen_values = true)]
    pub(crate) suffix: Suffix,
    /// The pipeline, if several have an environment of that name.
    #[arg(short, long, value_name = "NAME", env = "VIDPIPE_PIPELINE")]
    pub(crate) pipeline: Option<Pipeline>,
    #[command(flatten)]
    pub(crate) doing: Doing,
    /// Remove a protected environment too.
    #[arg(long)]
    pub(crate) remove_protection: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Plan {
    #[command(flatten)]
    pub(crate) described: Described,
    /// First look at everything recorded, and show what is gone or differs.
    #[arg(long, env = "VIDPIPE_REFRESH")]
    pub(crate) refresh: bool,
    /// Exit with 2 when there are changes.
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
    /// Show what `down` would do instead.
    #[arg(long)]
    pub(crate) down: bool,
    /// Also list what stays as it is.
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Status {
    /// The environment's name; without it all are listed.
    #[arg(short, long, value_name = "SUFFIX", env = "VIDPIPE_SUFFIX", value_parser = Suffix::parse, allow_hyphen_values = true)]
    pub(crate) suffix: Option<Suffix>,
    /// The pipeline, if several have an environment of that name.
    #[arg(short, long, value_name = "NAME", env = "VIDPIPE_PIPELINE")]
    pub(crate) pipeline: Option<Pipeline>,
}

#[derive(Debug, Args)]
pub(crate) struct Outputs {
    /// The environment's name.
    #[arg(short, long, value_name = "SUFFIX", env = "VIDPIPE_SUFFIX", value_parser = Suffix::parse, allow_hyphen_values = true)]
    pub(crate) suffix: Suffix,
    /// The pipeline, if several have an environment of that name.
    #[arg(short, long, value_name = "NAME", env = "VIDPIPE_PIPELINE")]
    pub(crate) pipeline: Option<Pipeline>,
    /// Also write them to this file, as one flat JSON object.
    #[arg(long, value_name = "FILE", env = "VIDPIPE_FLAT_FILE")]
    pub(crate) flat_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The environment's name.
    #[arg(short, long, value_name = "SUFFIX", env = "VIDPIPE_SUFFIX", value_parser = Suffix::parse, allow_hyphen_values = true)]
    pub(crate) suffix: Suffix,
    /// The pipeline, if several have an environment of that name.
    #[arg(short, long, value_name = "NAME", env = "VIDPIPE_PIPELINE")]
    pub(crate) pipeline: Option<Pipeline>,
    /// Also write the evidence to this file, in Markdown: every check, what was seen, and the call that said so.
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

#[derive(Debug, Args)]
pub(crate) struct Graph {
    /// The pipeline: streamtech (default), streamtech-tokyo or streamflix.
    #[arg(short, long, value_name = "NAME", env = "VIDPIPE_PIPELINE")]
    pub(crate) pipeline: Option<Pipeline>,
    /// The spec; without it, `vidpipe.toml` if there is one, and else the pipeline's defaults.
    #[arg(short, long, value_name = "FILE", env = "VIDPIPE_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// How it is drawn.
    #[arg(long, value_name = "FORMAT", default_value = "mermaid")]
    pub(crate) format: GraphFormat,
}

/// A format of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormat {
    Dot,
    Mermaid,
    Svg,
}
