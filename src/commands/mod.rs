//! One short file per command: load, plan, run, report.
use crate::{
    cli::{self, Cli, Command, Output},
    fail::{Exit, Failure, Result},
    halt::Halt,
};

mod down;
mod graph;
mod init;
mod outputs;
mod plan;
mod rehearse;
mod sandbox;
mod shell;
mod status;
mod timeline;
mod up;
mod verify;

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
        Command::Status(args) => status::run(global, args),
        Command::Outputs(args) => outputs::run(global, args),
        Command::Verify(args) => verify::run(global, args).await,
        Command::Timeline(args) => timeline::run(global, args),
        Command::Init(args) => init::run(args),
        Command::Graph(args) => graph::run(args),
        Command::Rehearse(args) => rehearse::run(global, args).await,
        Command::Sandbox(cli::SandboxCommand::Inventory) => sandbox::inventory(global),
        Command::Sandbox(cli::SandboxCommand::PutSecret(args)) => sandbox::put_secret(global, args).await,
        Command::Completions { shell } => shell::completions(*shell),
        Command::Man { dir } => shell::man(dir.as_deref()),
    }
}
