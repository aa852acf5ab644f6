//! One file per command, each short: load, plan, run, report.
use crate::{
    cli::{self, Cli, Command, Output},
    fail::{Exit, Failure, Result},
    halt::Halt,
    out, screen,
};
use serde_json::Value;
use vidpipe_text::{json, page};

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

/// Data for people, or for a shell: to stdout.
pub(crate) fn print(text: &str) -> Result {
    print_bytes(page(text, screen::on_stdout().colour).as_bytes())
}

/// Data for programs: to stdout. Nothing of it is lost, and what could not be seen is escaped.
pub(crate) fn print_json(document: &Value) -> Result {
    print_bytes(json(&format!("{document:#}\n")).as_bytes())
}

/// What vidpipe itself says: to stdout, as it is. What becomes of it is told at the end.
pub(crate) fn print_bytes(bytes: &[u8]) -> Result {
    out::stdout().say(bytes);
    Ok(())
}

/// What clap says of the command line; whether that is a mistake in it. It repeats what was typed.
pub(crate) fn usage(e: &clap::Error) -> bool {
    let (mistake, text) = (e.use_stderr(), e.render());
    let look = if mistake { screen::on_stderr() } else { screen::on_stdout() };
    let text = if look.colour { text.ansi().to_string() } else { text.to_string() };
    let _ = if mistake { note(text.trim_end()) } else { print(&text) };
    for stream in [out::stdout(), out::stderr()] {
        stream.finish(|_| true);
    }
    mistake
}

/// Everything else: to stderr.
pub(crate) fn note(text: &str) -> Result {
    out::stderr().say((page(text, screen::on_stderr().colour) + "\n").as_bytes());
    Ok(())
}
