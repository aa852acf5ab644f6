//! The one question vidpipe asks.
use crate::{
    cli::Doing,
    fail::{Exit, Failure, Result},
};
use std::io::{self, BufRead, IsTerminal, Write};

/// Go on only if the user says so, or has said so already.
pub(crate) fn confirm(doing: &Doing, question: &str) -> Result {
    if doing.yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Failure::new(Exit::Refused, "there is no terminal to ask at")
            .hint("add --yes to go ahead without being asked"));
    }
    let mut err = io::stderr().lock();
    let _ = write!(err, "{question} [y/N] ").and_then(|()| err.flush());
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    match (read, answer.trim().to_lowercase().as_str()) {
        (Ok(_), "y" | "yes") => Ok(()),
        _ => Err(Failure::new(Exit::Declined, "declined; nothing was changed")),
    }
}
