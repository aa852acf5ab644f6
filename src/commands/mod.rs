//! One file per command, each short: load, plan, run, report.
use crate::{
    cli::{self, Cli, Command, Output},
    fail::{Exit, Failure, Result},
    halt::Halt,
    out,
};

mod down;
mod graph;
mod init;
mod outputs;
mod plan;
mod rehearse;
mod sandbox;
mod status;
mod timeline;
mod up;
mod verify;
mod words;

/// Do what the command line says.
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
        Command::Completions { shell } => words::completions(*shell),
        Command::Man { dir } => words::man(dir.as_deref()),
    }
}

/// Data: to stdout.
pub(crate) fn print(text: &str) -> Result {
    print_bytes(text.as_bytes())
}

/// What becomes of it is told at the end.
pub(crate) fn print_bytes(bytes: &[u8]) -> Result {
    out::stdout().say(bytes);
    Ok(())
}

/// Everything else: to stderr.
pub(crate) fn note(text: &str) -> Result {
    out::stderr().say(format!("{text}\n").as_bytes());
    Ok(())
}
