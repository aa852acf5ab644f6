//! The vidpipe binary: the only code that sees the terminal, the environment and the user's files.
mod ask;
mod cli;
mod commands;
mod drive;
mod environment;
mod fail;
mod finish;
mod forecast;
mod screen;
mod session;
mod spec;

use clap::Parser;
use cli::{Cli, Command, SandboxClock};
use fail::{Exit, Failure};
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => {
            let _ = e.print();
            // Asking for help is no mistake; and clap's own code for one, 2, means "there are changes" here.
            return if e.use_stderr() { Exit::Usage.into() } else { ExitCode::SUCCESS };
        }
    };
    let paused = cli.global.sandbox && cli.global.sandbox_clock == SandboxClock::Paused
        || matches!(cli.command, Command::Rehearse(_));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(paused).build();
    let ended = match runtime {
        Ok(runtime) => runtime.block_on(commands::run(&cli)),
        Err(e) => Err(Failure::new(Exit::Failed, format!("failed to start: {e}"))),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = commands::note(failure.rendered().trim_end());
            failure.exit.into()
        }
    }
}
