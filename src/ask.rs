//! Prompts.
use crate::{
    args::RunArgs,
    fail::{Exit, Failure, Result},
    out,
};
use std::io::{self, BufRead, IsTerminal};
use tokio::task::spawn_blocking;
use vidpipe_text::page;

/// Whether a terminal is available to prompt at.
pub(crate) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Prompts for confirmation, unless --yes is given.
pub(crate) async fn confirm(run: &RunArgs, question: &str) -> Result {
    if run.yes {
        return Ok(());
    }
    match line(&format!("{question} [y/N]")).await?.trim().to_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Failure::new(Exit::Declined, "declined; nothing was changed")),
    }
}

/// Prompts and returns the typed line; empty if it cannot be read.
pub(crate) async fn line(question: &str) -> Result<String> {
    if !can_ask() {
        return Err(Failure::new(Exit::Refused, "there is no terminal to ask at")
            .hint("add --yes to go ahead without being asked"));
    }
    out::stderr().say(format!("{} ", page(question, false)).as_bytes());
    // On its own thread, so that Ctrl-C still ends the command while it waits for input.
    let read = || {
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer).map(|_| answer)
    };
    Ok(spawn_blocking(read).await.ok().and_then(io::Result::ok).unwrap_or_default())
}
