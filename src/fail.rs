//! The only place that renders errors and picks the exit code.
use std::{
    backtrace::{Backtrace, BacktraceStatus},
    fmt::Write as _,
    io::{self, Write as _},
    process::ExitCode,
};
use vidpipe_engine::{Class, Error, event::Fault};
use vidpipe_run::OpenError;
use vidpipe_store::{ErrorKind, StoreError};
use vidpipe_text::{clean, page};

/// How a command ended if it did not succeed. The numbers are the exit codes of the user guide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// The command failed.
    Failed = 1,
    /// `plan --detailed-exitcode`: there are changes.
    Changes = 2,
    /// Something failed or was skipped. The state is kept; running again continues.
    Partly = 3,
    /// Everything was deleted, but something is left over, or the check for leftovers failed.
    Left = 4,
    /// Another run holds the lock of the environment.
    Locked = 5,
    /// Refused before the first change.
    Refused = 6,
    /// No such environment.
    NotFound = 7,
    /// Declined at the prompt.
    Declined = 8,
    /// The command line is wrong.
    Usage = 64,
    /// Stopped by SIGHUP, such as when its terminal closes.
    HungUp = 129,
    /// Stopped by Ctrl-C.
    Interrupted = 130,
    /// Stopped by SIGTERM.
    Terminated = 143,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// An error to report to the user.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// The error message; empty if it was already reported.
    pub(crate) message: String,
    /// The suggested next step.
    pub(crate) hint: Option<String>,
}

/// The result of a command.
pub(crate) type Result<T = (), E = Failure> = std::result::Result<T, E>;

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), hint: None }
    }

    /// A failure that was already reported.
    pub(crate) fn already_reported(exit: Exit) -> Self {
        Self::new(exit, "")
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Converts an engine error that occurred before anything was changed.
    pub(crate) fn before(e: &Error) -> Self {
        Self { exit: Exit::Refused, ..Self::from(e) }
    }

    pub(crate) fn rendered(&self) -> String {
        let mut text = String::new();
        if !self.message.is_empty() {
            let _ = writeln!(text, "error: {}", self.message.trim_end());
        }
        if let Some(hint) = &self.hint {
            let _ = writeln!(text, "  help: {hint}");
        }
        text
    }
}

impl From<&Error> for Failure {
    fn from(e: &Error) -> Self {
        let exit = match e.class {
            Class::Interrupted => Exit::Interrupted,
            Class::Taken => Exit::Locked,
            _ => Exit::Failed,
        };
        let fault = Fault::from(e);
        let message = clean(&format!("failed to {}", fault.to_line()));
        Self { exit, message, hint: fault.hint.as_deref().map(clean) }
    }
}

impl From<Error> for Failure {
    fn from(e: Error) -> Self {
        Self::from(&e)
    }
}

impl From<StoreError> for Failure {
    fn from(e: StoreError) -> Self {
        let exit = match e.kind() {
            ErrorKind::Locked => Exit::Locked,
            ErrorKind::Refused => Exit::Refused,
            ErrorKind::Io => Exit::Failed,
        };
        let cause = std::error::Error::source(&e).map(|c| format!(": {c}")).unwrap_or_default();
        Self { exit, message: clean(&format!("failed to {e}{cause}")), hint: Some(e.hint()).filter(|h| !h.is_empty()) }
    }
}

impl From<OpenError> for Failure {
    fn from(e: OpenError) -> Self {
        match e {
            OpenError::Store(e) => e.into(),
            OpenError::Aws(e) => Self::before(&e),
        }
    }
}

/// Reports panics like other errors, and sanitizes them: the message may contain foreign text.
pub(crate) fn tell_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|at| format!(" at {at}")).unwrap_or_default();
        // Written directly: after a panic nothing waits for the output queue.
        let mut err = io::stderr().lock();
        let _ = writeln!(err, "{}", panicked(panic.payload_as_str().unwrap_or("something"), &place));
        let trace = Backtrace::capture();
        if trace.status() == BacktraceStatus::Captured {
            let _ = writeln!(err, "{}", page(&trace.to_string(), false));
        }
    }));
}

fn panicked(why: &str, place: &str) -> String {
    let message = format!("vidpipe itself is at fault: {}{place}", clean(why));
    let hint = "what was begun is in the state: run the same command again, and please report this with the output of \
                RUST_BACKTRACE=1";
    page(Failure::new(Exit::Failed, message).hint(hint).rendered().trim_end(), false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_told_in_a_line_of_its_own() {
        let report = panicked("called `unwrap()` on \u{1b}[2J\n::error::\u{202e}x", " at src/a.rs:1:2");
        let first = "error: vidpipe itself is at fault: called `unwrap()` on ::error::x at src/a.rs:1:2";
        assert_eq!(report.lines().next(), Some(first));
        assert_eq!(report.lines().count(), 2, "{report}");
    }
}
