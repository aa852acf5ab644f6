//! The one cleaner of text from elsewhere: what AWS, a spec, a state, a path or an environment variable says, before it
//! reaches a terminal, a log, a document or a file.
//!
//! What is [hidden] never gets out: control characters, and whatever takes no room or turns the direction of what stands
//! beside it. A value on its way into a line goes through [`clean`]; whole lines, with our own layout, through [`page`] or
//! [`line()`] where they are written, so that no value that was forgotten gets past; JSON through [`json`], which loses nothing.
//!
//! It knows nothing of where the text goes, and decides nothing.
mod hidden;
mod wire;

use std::path::Path;

pub use hidden::hidden;
pub use wire::{json, line, page};

/// Text from elsewhere as one harmless line: without escape sequences and without what is [hidden]. Line breaks, tabs and
/// every other space become single spaces.
pub fn clean(text: &str) -> String {
    // Spaces first: what strips escape sequences keeps line breaks, and they must separate words.
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
