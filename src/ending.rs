//! The last words: what failed, and what of all that was said nobody read. Then the exit code.
use crate::{
    commands::note,
    fail::{Exit, Failure, Result},
    halt::Halt,
    out,
};
use std::{process::ExitCode, time::Duration};

/// A run waits so long for a reader that takes nothing: others wait for its end.
const PATIENCE: Duration = Duration::from_secs(10);
/// Whoever asked it to stop waits less long.
const MOMENT: Duration = Duration::from_secs(1);

/// All was said that there is to say: see that it is read, however long that takes.
pub(crate) fn said(code: ExitCode) -> ExitCode {
    for stream in [out::stdout(), out::stderr()] {
        // Whoever asked for help may have read enough of it.
        let _ = stream.finish(|_| true);
    }
    code
}

/// Say how it ended, and see that it is read. A run whose output was lost does not end well, whatever it did; whoever only
/// asks may stop reading when it has read enough, as in `vidpipe plan | head`.
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
