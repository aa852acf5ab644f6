//! The questions vidpipe asks.
use crate::{
    cli::Doing,
    fail::{Exit, Failure, Result},
    out,
};
use std::io::{self, BufRead, IsTerminal};
use tokio::task::spawn_blocking;

/// Whether there is somebody to ask.
pub(crate) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Go on only if the user says so, or has said so already.
pub(crate) async fn confirm(doing: &Doing, question: &str) -> Result {
    if doing.yes {
        return Ok(());
    }
    match line(&format!("{question} [y/N]")).await?.trim().to_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Failure::new(Exit::Declined, "declined; nothing was changed")),
    }
}

/// What is typed after that question; nothing, if it cannot be read.
pub(crate) async fn line(question: &str) -> Result<String> {
    if !can_ask() {
        return Err(Failure::new(Exit::Refused, "there is no terminal to ask at")
            .hint("add --yes to go ahead without being asked"));
    }
    out::stderr().say(format!("{question} ").as_bytes());
    // On a thread beside: whoever is asked may as well answer with Ctrl-C.
    let read = || {
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer).map(|_| answer)
    };
    Ok(spawn_blocking(read).await.ok().and_then(io::Result::ok).unwrap_or_default())
}
