//! The one place that renders an error and picks the exit code.
use std::{fmt::Write as _, process::ExitCode};
use vidpipe_engine::{Class, Error, event::Fault};

/// How a command ended, other than well. The numbers are the exit codes of the user guide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// It failed.
    Failed = 1,
    /// `plan --detailed-exitcode`: there are changes.
    Changes = 2,
    /// Something failed or was skipped; the state is kept; run again to continue.
    Partly = 3,
    /// Everything was removed, but something is left over, or it could not be asked whether.
    Left = 4,
    /// Another run holds the environment.
    Locked = 5,
    /// Refused before the first change.
    Refused = 6,
    /// No such environment.
    NotFound = 7,
    /// Declined at the prompt.
    Declined = 8,
    /// The command line is wrong.
    Usage = 64,
    /// Stopped because its terminal went away, or by SIGHUP.
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

/// An error, on its way to the user.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// What went wrong; empty when it has been told already.
    pub(crate) message: String,
    /// What to do next.
    pub(crate) hint: Option<String>,
}

/// What a command returns.
pub(crate) type Result<T = (), E = Failure> = std::result::Result<T, E>;

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), hint: None }
    }

    /// Everything has been said already.
    pub(crate) fn told(exit: Exit) -> Self {
        Self::new(exit, "")
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// An error of the engine, met before anything was changed.
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
        let (exit, fault) =
            (if e.class == Class::Interrupted { Exit::Interrupted } else { Exit::Failed }, Fault::from(e));
        Self { exit, message: format!("failed to {}", fault.told()), hint: fault.hint }
    }
}
impl From<Error> for Failure {
    fn from(e: Error) -> Self {
        Self::from(&e)
    }
}
