//! The questions vidpipe asks.
use crate::{
    cli::Doing,
    fail::{Exit, Failure, Result},
};
use std::io::{self, BufRead, IsTerminal, Write};
use vidpipe_text::page;

/// Whether there is somebody to ask.
pub(crate) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Go on only if the user says so, or has said so already.
pub(crate) fn confirm(doing: &Doing, question: &str) -> Result {
    if doing.yes {
        return Ok(());
    }
    match line(&format!("{question} [y/N]"))?.trim().to_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Failure::new(Exit::Declined, "declined; nothing was changed")),
    }
}

/// What is typed after that question; nothing, if it cannot be read.
pub(crate) fn line(question: &str) -> Result<String> {
    if !can_ask() {
        return Err(Failure::new(Exit::Refused, "there is no terminal to ask at")
            .hint("add --yes to go ahead without being asked"));
    }
    let mut err = io::stderr().lock();
    let _ = write!(err, "{} ", page(question, false)).and_then(|()| err.flush());
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    Ok(read.map(|_| answer).unwrap_or_default())
}
