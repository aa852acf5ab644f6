//! The end of the process: prints the failure, waits until all output is written, and picks the exit code.
use crate::{
    fail::{Exit, Failure, Result},
    halt::Halt,
    out,
    print::note,
};
use std::{process::ExitCode, time::Duration};

/// How long a run waits for a reader that reads nothing: other processes wait for the run to end.
const PATIENCE: Duration = Duration::from_secs(10);
/// The shorter wait after a signal, and the shortest before a deadline.
const MOMENT: Duration = Duration::from_secs(1);

/// Waits until all output is written, however long that takes.
pub(crate) fn flush(code: ExitCode) -> ExitCode {
    for stream in [out::stdout(), out::stderr()] {
        // A reader of the help may close the pipe early.
        let _ = stream.finish(|_| true);
    }
    code
}

/// Prints the failure, and waits until all output is written. A run whose output was lost fails, whatever it did. The
/// reader of any other command may close the pipe early, as in `vidpipe plan | head`.
pub(crate) fn ends(ended: Result, halt: Option<&Halt>) -> ExitCode {
    let failure = ended.err();
    if let Some(failure) = &failure {
        tracing::info!(exit = failure.exit as u8, "ends");
        let _ = note(failure.rendered().trim_end());
    }
    let signal = || halt.and_then(Halt::signal);
    let is_run = halt.is_some_and(Halt::is_run);
    let left = halt.and_then(Halt::left).map_or(PATIENCE, |left| left.clamp(MOMENT, PATIENCE));
    let may_wait = |unmoved| match (signal(), is_run) {
        (Some(_), _) => unmoved < MOMENT,
        (None, true) => unmoved < left,
        (None, false) => true,
    };
    let lost = out::stdout().finish(may_wait).filter(|lost| is_run || !lost.is_closed);
    if let Some(lost) = &lost {
        let mut failure = Failure::new(Exit::Failed, format!("failed to {}", lost.what));
        if is_run {
            failure =
                failure.hint("what the run did is done and recorded: `vidpipe status` and `vidpipe timeline` show it");
        }
        let _ = note(failure.rendered().trim_end());
    }
    let unsaid = out::stderr().finish(may_wait).filter(|_| is_run);
    match failure {
        Some(failure) => failure.exit.into(),
        None if lost.is_some() || unsaid.is_some() => signal().unwrap_or(Exit::Failed).into(),
        None => ExitCode::SUCCESS,
    }
}
