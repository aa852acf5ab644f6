//! Printing: the result of a command to stdout, everything else to stderr. Everything printed is sanitized here.
use crate::{args::Output, fail::Result, out, screen};
use serde_json::Value;
use vidpipe_text::{json, page};

/// Prints text for people, or for a shell, to stdout.
pub(crate) fn print(text: &str) -> Result {
    print_bytes(page(text, screen::on_stdout().colour).as_bytes())
}

/// Prints data for programs to stdout. Nothing is left out; invisible characters are escaped.
pub(crate) fn print_json(output: Output, document: &Value) -> Result {
    let text = if output == Output::Jsonl { format!("{document}\n") } else { format!("{document:#}\n") };
    print_bytes(json(&text).as_bytes())
}

/// Writes vidpipe's own text to stdout unchanged. A write error is reported at the end of the command.
pub(crate) fn print_bytes(bytes: &[u8]) -> Result {
    out::stdout().say(bytes);
    Ok(())
}

/// Prints clap's message, which repeats user input. Returns whether it is an error.
pub(crate) fn usage(e: &clap::Error) -> bool {
    let (mistake, text) = (e.use_stderr(), e.render());
    let style = if mistake { screen::on_stderr() } else { screen::on_stdout() };
    let text = if style.colour { text.ansi().to_string() } else { text.to_string() };
    let _ = if mistake { note(text.trim_end()) } else { print(&text) };
    mistake
}

/// Prints a line to stderr, where everything goes that is not the result of the command.
pub(crate) fn note(text: &str) -> Result {
    out::stderr().say(format!("{}\n", page(text, screen::on_stderr().colour)).as_bytes());
    Ok(())
}
