//! Encodes the state as the text of a file, and decodes it. Pure: bytes in, bytes out.
//!
//! The document is one JSON object whose first field is a checksum of every byte after that field's line. The checksum
//! covers the bytes rather than the values, so any later change to the file is detected.
use crate::{Damage, Result};
use serde::Deserialize;
use serde_json::error::Category;
use sha2::{Digest, Sha256};
use vidpipe_engine::{FORMAT, State};

/// The reason that bytes are not a state this build can read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Bad {
    Damage(Damage),
    Newer(u64),
}

/// The opening of a pretty-printed object.
const OPENING: &str = "{\n";

/// The length of the head of a state file. The head contains the checksum, so it identifies the state.
pub(crate) fn head_len() -> usize {
    head(&[]).len()
}

/// Encodes a state as the text of its file. The same state always gives the same bytes.
pub(crate) fn encode(state: &State) -> Result<Vec<u8>> {
    // The checksum precedes the bytes it covers. Its length is fixed, so space is reserved for it. The reserved space
    // replaces the object's opening.
    let head_len = head_len();
    let mut text = vec![0; head_len - OPENING.len()];
    serde_json::to_writer_pretty(&mut text, state)?;
    text.push(b'\n');
    let (room, body) = text.split_at_mut(head_len);
    room.copy_from_slice(head(body).as_bytes());
    Ok(text)
}

/// Decodes a state.
pub(crate) fn decode(bytes: &[u8]) -> Result<State, Bad> {
    #[derive(Deserialize)]
    struct Versioned {
        format: u64,
    }
    if bytes.is_empty() {
        return Err(Bad::Damage(Damage::Empty));
    }
    let version: Versioned = parse(bytes)?;
    if version.format > u64::from(FORMAT) {
        return Err(Bad::Newer(version.format));
    }
    let head_end = bytes.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(i, _)| i + 1).nth(1);
    let (found, body) = bytes.split_at(head_end.unwrap_or(bytes.len()));
    if found != head(body).as_bytes() {
        return Err(Bad::Damage(Damage::Changed));
    }
    parse(bytes)
}

fn head(body: &[u8]) -> String {
    let hash: String = Sha256::digest(body).iter().map(|b| format!("{b:02x}")).collect();
    format!("{OPENING}  \"checksum\": \"sha256:{hash}\",\n")
}

fn parse<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Bad> {
    serde_json::from_slice(bytes).map_err(|e| {
        Bad::Damage(match e.classify() {
            Category::Eof => Damage::Truncated,
            // Truncation within a number or a literal is a syntax error.
            _ if bytes.starts_with(b"{") && !bytes.trim_ascii_end().ends_with(b"}") => Damage::Truncated,
            _ => Damage::Unreadable(e.to_string()),
        })
    })
}
