//! Sanitizes external text: text from AWS, a spec, a state, a path or an environment variable, before it is written to
//! a terminal, a log, a document or a file.
//!
//! No [hidden] character is ever output: control characters, and characters that have no width or change the
//! direction of adjacent text. A value that becomes part of a line goes through [`clean`]. Whole lines, with vidpipe's
//! own layout, go through [`page`] or [`line()`] when they are written, so that a value that was not cleaned is caught.
//! JSON goes through [`json`], which is lossless.
//!
//! This crate does not depend on the destination of the text, and makes no decisions.
mod hidden;
mod wire;

use std::path::Path;

pub use hidden::hidden;
pub use wire::{json, line, page};

/// External text as one harmless line: without escape sequences and without [hidden] characters. Each run of line
/// breaks, tabs and other whitespace becomes a single space.
pub fn clean(text: &str) -> String {
    // Replace whitespace first: `strip_str` keeps line breaks, and they must separate words.
    let spaced: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let stripped = anstream::adapter::strip_str(&spaced).to_string();
    let mut cleaned = String::with_capacity(stripped.len());
    for c in stripped.chars().filter(|c| !hidden(*c)) {
        if c != ' ' || !(cleaned.is_empty() || cleaned.ends_with(' ')) {
            cleaned.push(c);
        }
    }
    cleaned.truncate(cleaned.trim_end().len());
    cleaned
}

/// A path as [`clean`] text.
pub fn path(path: &Path) -> String {
    clean(&path.to_string_lossy())
}

#[cfg(test)]
mod tests;
