//! The vidpipe binary: the only code that sees the terminal, the environment and the user's files.
mod ask;
mod cli;
mod commands;
mod consent;
mod drive;
mod environment;
mod fail;
mod finish;
mod forecast;
mod log;
mod rollback;
mod screen;
mod session;
mod spec;
mod variables;
mod waiting;

use clap::Parser;
use cli::{Cli, Command, SandboxClock};
use fail::{Exit, Failure};
use std::{convert::Infallible, process::ExitCode, time::Duration};
use vidpipe_engine::telling;

fn main() -> ExitCode {
    fail::tell_panics();
    if let Err(failure) = variables::without_empty() {
        return told(&failure);
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => {
            // Asking for help is no mistake; and clap's own code for one, 2, means "there are changes" here.
            return if commands::usage(&e) { Exit::Usage.into() } else { ExitCode::SUCCESS };
        }
    };
    if let Err(failure) = log::begin(&cli) {
        return told(&failure);
    }
    let sandbox = |clock| cli.global.sandbox && cli.global.sandbox_clock == clock;
    let (fast, paused) = (sandbox(SandboxClock::Fast), sandbox(SandboxClock::Paused));
    let paused = fast || paused || matches!(cli.command, Command::Rehearse(_));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(paused).build();
    let ended = match runtime {
        Ok(runtime) => runtime.block_on(async {
            tokio::select! {
                ended = telling(waiting::tell(), commands::run(&cli)) => ended,
                never = hurry(), if fast => match never {},
            }
        }),
        Err(e) => Err(Failure::new(Exit::Failed, format!("failed to start: {e}"))),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => told(&failure),
    }
}

fn told(failure: &Failure) -> ExitCode {
    tracing::info!(exit = failure.exit as u8, "ends");
    let _ = commands::note(failure.rendered().trim_end());
    failure.exit.into()
}

/// How often a clock in a hurry moves, and how much faster than real time.
const STEP: Duration = Duration::from_millis(40);
const HURRY: u32 = 30;

/// Moves the paused clock on as real time passes, only faster. While a thread waits for real time, the clock does not jump.
async fn hurry() -> Infallible {
    #[allow(clippy::disallowed_methods, reason = "real time, by which no work is done")]
    let step = || std::thread::sleep(STEP);
    loop {
        let _ = tokio::task::spawn_blocking(step).await;
        tokio::time::advance(STEP * HURRY).await;
    }
}
