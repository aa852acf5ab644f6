//! The vidpipe binary: the only code that accesses the terminal, the environment and the user's files.
mod args;
mod ask;
mod bucket;
mod cli;
mod commands;
mod consent;
mod drift;
mod ending;
mod environment;
mod execute;
mod fail;
mod finish;
mod forecast;
mod halt;
mod log;
mod migrate;
mod out;
mod print;
mod result_file;
mod rollback;
mod screen;
mod session;
mod show_plan;
mod spec;
mod vanished;
mod variables;
mod waiting;

use args::SandboxClock;
use clap::Parser;
use cli::{Cli, Command};
use ending::ends;
use fail::{Exit, Failure};
use halt::{Halt, Signalled};
use std::{convert::Infallible, process::ExitCode, time::Duration};
use vidpipe_engine::telling;
use waiting::Waiting;

fn main() -> ExitCode {
    fail::tell_panics();
    if let Err(failure) = variables::without_empty() {
        return ends(Err(failure), None);
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => {
            // Requesting help is not an error. clap exits with 2 on an error, which means "there are changes" here.
            return ending::flush(if print::usage(&e) { Exit::Usage.into() } else { ExitCode::SUCCESS });
        }
    };
    let signal = match log::begin(&cli.global.logging).and_then(|()| Signalled::listen()) {
        Ok(signal) => signal,
        Err(failure) => return ends(Err(failure), None),
    };
    let sandbox = |clock| cli.global.sandbox && cli.global.sandbox_clock == clock;
    let (fast, paused) = (sandbox(SandboxClock::Fast), sandbox(SandboxClock::Paused));
    let paused = fast || paused || matches!(cli.command, Command::Rehearse(_));
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().start_paused(paused).build() {
        Ok(runtime) => runtime,
        Err(e) => return ends(Err(Failure::new(Exit::Failed, format!("failed to start: {e}"))), None),
    };
    let (ended, halt) = runtime.block_on(async {
        let (halt, waiting) = (Halt::new(signal, cli.command.deadline()), Waiting::default());
        let ended = tokio::select! {
            biased;
            failure = halt.before_run(&waiting) => Err(failure),
            ended = telling(waiting.tell(), cli::run(&cli, &halt)) => ended,
            never = hurry(), if fast => match never {},
        };
        (ended, halt)
    });
    // Dropped work may leave a blocked thread, which resolves a name or waits for typed input.
    runtime.shutdown_background();
    ends(ended, Some(&halt))
}

/// The step of the fast clock, and its speed relative to real time.
const STEP: Duration = Duration::from_millis(40);
const HURRY: u32 = 30;

/// Advances the paused clock faster than real time. While a thread waits for real time, the clock does not jump.
async fn hurry() -> Infallible {
    #[allow(clippy::disallowed_methods, reason = "real time, by which no work is done")]
    let step = || std::thread::sleep(STEP);
    loop {
        let _ = tokio::task::spawn_blocking(step).await;
        tokio::time::advance(STEP * HURRY).await;
    }
}
