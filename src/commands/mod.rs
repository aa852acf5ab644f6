//! One short file per command: load, plan, run, report.
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

/// Prints text for people, or for a shell, to stdout.
pub(crate) fn print(text: &str) -> Result {
    print_bytes(page(text, screen::on_stdout().colour).as_bytes())
}

/// Prints data for programs to stdout. Nothing is left out; invisible characters are escaped.
pub(crate) fn print_json(output: Output, document: &Value) -> Result {
    let text = if output == Output::Jsonl { format!("{document}\n") } else { format!("{document:#}\n") };
    print_bytes(json(&text).as_bytes())
}

/// Writes vidpipe's own text to stdout unchanged. A write error is reported at the end of the command.
pub(crate) fn print_bytes(bytes: &[u8]) -> Result {
    out::stdout().say(bytes);
    Ok(())
}

/// Prints clap's message, which repeats user input. Returns whether it is an error.
pub(crate) fn usage(e: &clap::Error) -> bool {
    let (mistake, text) = (e.use_stderr(), e.render());
    let style = if mistake { screen::on_stderr() } else { screen::on_stdout() };
    let text = if style.colour { text.ansi().to_string() } else { text.to_string() };
    let _ = if mistake { note(text.trim_end()) } else { print(&text) };
    mistake
}

/// Prints everything else to stderr.
pub(crate) fn note(text: &str) -> Result {
    out::stderr().say(format!("{}\n", page(text, screen::on_stderr().colour)).as_bytes());
    Ok(())
}
