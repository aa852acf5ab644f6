//! The arguments that several commands share. The doc comments are the help texts.
use clap::{Args, ValueEnum, builder::BoolishValueParser};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::sync::OnceCell;
use values::{deadline, timeout};
use vidpipe_engine::Environment;
use vidpipe_pipelines::{spec::Pipeline, suffix::Suffix};
use vidpipe_store::{Backend, remote::Location};
use vidpipe_text::path as display_path;

mod logging;
mod values;

pub(crate) use logging::{Format, Logging};
pub(crate) use values::{pipelines, place, share};

/// Options of every command.
#[derive(Clone, Debug, Args)]
pub(crate) struct Global {
    /// Where the environments are recorded: a folder, or `s3://bucket/prefix` to share them between machines.
    #[arg(long, global = true, value_name = "DIR|URL", default_value = ".vidpipe", env = "VIDPIPE_STATE", value_parser = place)]
    pub(crate) state: Place,
    /// The place, once it is opened.
    #[arg(skip)]
    pub(crate) backend: OnceCell<Backend>,
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
    /// A command line for that environment. Without the pipeline, `up` would make one of the default pipeline.
    pub(crate) fn again_for(&self, command: &str, env: &Environment) -> String {
        let pipeline = match Pipeline::ALL.first().is_some_and(|default| default.name() == env.pipeline) {
            true => String::new(),
            false => format!(" --pipeline {}", env.pipeline),
        };
        self.again(&format!("{command}{pipeline}"), &env.suffix)
    }

    /// A command line as the user would type it, with these options.
    pub(crate) fn again(&self, command: &str, suffix: &str) -> String {
        let sandbox = if self.sandbox { " --sandbox" } else { "" };
        let state = match &self.state {
            Place::Folder(folder) if folder == Path::new(".vidpipe") => String::new(),
            other => format!(" --state {}", other.shown()),
        };
        format!("vidpipe {command} --suffix {suffix}{sandbox}{state}")
    }
}

/// Where environments are recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Folder(PathBuf),
    S3(Location),
}

impl Place {
    /// The place for messages, quoted for a shell.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Folder(folder) => display_path(folder).to_string(),
            Self::S3(location) => {
                let url = display_path(Path::new(&location.to_string()));
                if url.contains('?') { format!("'{url}'") } else { url }
            }
        }
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

/// The environment and its spec.
#[derive(Clone, Debug, Args)]
pub(crate) struct EnvArgs {
    /// The environment's name: 2 to 18 characters of a-z, 0-9 and single hyphens, starting with a letter.
    #[arg(short, long, value_name = "SUFFIX", env = "VIDPIPE_SUFFIX", value_parser = Suffix::parse, allow_hyphen_values = true)]
    pub(crate) suffix: Suffix,
    #[arg(short, long, value_name = "NAME", env = "VIDPIPE_PIPELINE", help = pipelines())]
    pub(crate) pipeline: Option<Pipeline>,
    /// The spec; defaults to `vidpipe.toml` if it exists, else to the pipeline's defaults.
    #[arg(short, long, value_name = "FILE", env = "VIDPIPE_CONFIG")]
    pub(crate) config: Option<PathBuf>,
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
