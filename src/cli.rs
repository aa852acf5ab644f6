//! The command line: the commands, each with its arguments, and which function runs it. The doc comments are the help
//! texts. The arguments of a command are in its file.
use crate::{
    args::{Global, Output},
    commands::{
        down, graph, init, outputs, plan, rehearse,
        sandbox::{self, SandboxCommand},
        shell,
        state::{self, StateCommand},
        status, timeline, up, verify,
    },
    fail::{Exit, Failure, Result},
    halt::Halt,
};
use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;
use std::{path::PathBuf, time::Duration};

/// Build a complete video-processing pipeline on AWS, inspect it, and delete every resource of it.
///
/// `vidpipe up --suffix staging` works in an empty folder. `vidpipe down --suffix staging` needs only the state.
/// After a crash, a failure or Ctrl-C, run either again: it continues where it stopped.
#[derive(Debug, Parser)]
#[command(name = "vidpipe", version, propagate_version = true, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) global: Global,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create, resume or update an environment to match its spec.
    #[command(visible_aliases = ["deploy", "apply"])]
    Up(up::UpArgs),
    /// Delete every resource of an environment. Needs only the state.
    #[command(visible_alias = "destroy")]
    Down(down::DownArgs),
    /// Show what `up` would do, with every property of every resource. Changes nothing.
    #[command(visible_aliases = ["preview", "diff"])]
    Plan(plan::PlanArgs),
    /// Show the recorded environments, or the nodes of one. Calls no AWS API.
    Status(status::StatusArgs),
    /// Show the outputs of an environment: endpoints, ids, the secret's ARN.
    Outputs(outputs::OutputsArgs),
    /// Check on AWS that an environment is usable: encrypted, reachable only as intended, stable, backed up, tagged.
    ///
    /// Compares every resource with its desired state. Changes nothing. Exits with 1 when a check fails or cannot be
    /// made.
    Verify(verify::VerifyArgs),
    /// Draw a finished run: how long each task took, what it waited for, and how the run differs from an earlier one.
    ///
    /// Every run is recorded beside the state. The last 50 are kept, even after the environment is deleted. Calls no
    /// AWS API.
    Timeline(timeline::TimelineArgs),
    /// Show, copy or move the recorded state of environments, or prepare a bucket for it.
    #[command(subcommand)]
    State(StateCommand),
    /// Write a commented `vidpipe.toml` that holds a pipeline's defaults.
    Init(init::InitArgs),
    /// Draw a pipeline: its resources and their dependencies.
    Graph(graph::GraphArgs),
    /// Rehearse `up`, a second `up` and `down` in the sandbox, in seconds, and report the result. Touches nothing real.
    ///
    /// Operations take as long as on AWS, on a simulated clock. With --faults, calls are throttled, lost and cut off.
    Rehearse(rehearse::RehearseArgs),
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

/// Runs the command.
pub(crate) async fn run(cli: &Cli, halt: &Halt) -> Result {
    let global = &cli.global;
    if matches!(global.output, Output::Env | Output::Github) && !matches!(cli.command, Command::Outputs(_)) {
        return Err(Failure::new(Exit::Usage, "the formats `env` and `github` are for `vidpipe outputs` only")
            .hint("use --output human, plain, json or jsonl"));
    }
    match &cli.command {
        Command::Up(args) => up::run(global, args, halt).await,
        Command::Down(args) => down::run(global, args, halt).await,
        Command::Plan(args) => plan::run(global, args).await,
        Command::Status(args) => status::run(global, args).await,
        Command::Outputs(args) => outputs::run(global, args).await,
        Command::Verify(args) => verify::run(global, args).await,
        Command::Timeline(args) => timeline::run(global, args).await,
        Command::State(command) => state::run(global, command).await,
        Command::Init(args) => init::run(args),
        Command::Graph(args) => graph::run(args),
        Command::Rehearse(args) => rehearse::run(global, args).await,
        Command::Sandbox(SandboxCommand::Inventory) => sandbox::inventory(global),
        Command::Sandbox(SandboxCommand::PutSecret(args)) => sandbox::put_secret(global, args).await,
        Command::Completions { shell } => shell::completions(&mut Cli::command(), *shell),
        Command::Man { dir } => shell::man(Cli::command(), dir.as_deref()),
    }
}
