//! Credentials in a spec: detected, refused, and never shown.
//!
//! A spec is committed, mailed and printed in errors. Any value that resembles a credential is masked in every source
//! excerpt that an error shows.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A detected credential: the path of its key, and the spans of key and value.
pub(super) struct Found {
    pub(super) path: String,
    pub(super) key: Range<usize>,
    pub(super) value: Range<usize>,
    pub(super) why: Why,
}

/// The reason a value is masked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// The key's name resembles a credential's: refused.
    Name,
    /// The value has the form of a credential: refused.
    Form,
    /// The value should be the name of a secret, but may be the secret itself: only masked.
    Place,
}

/// Suffixes of names that hold credentials. Only suffixes: `password_file` names a file.
const ENDINGS: [&str; 12] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "secret_key",
    "access_key",
    "access_key_id",
    "private_key",
    "api_key",
    "credentials",
    "token",
];

/// The section of secret names, and the key in it whose name resembles a credential's.
const SECRETS: &str = "secrets.";
const NAME_OF_ONE: &str = "secrets.api_key";

/// Returns whether a key's name resembles a credential's.
pub(super) fn is_named_like_one(key: &str) -> bool {
    let mut snake = String::with_capacity(key.len() + 4);
    let mut previous = ' ';
    for c in key.chars() {
        if c.is_uppercase() && previous.is_lowercase() {
            snake.push('_');
        }
        snake.push(if c == '-' || c == '.' || c == ' ' { '_' } else { c.to_ascii_lowercase() });
        previous = c;
    }
    let snake = snake.trim_matches('_');
    ENDINGS.iter().any(|ending| snake.strip_suffix(ending).is_some_and(|rest| rest.is_empty() || rest.ends_with('_')))
        || snake.ends_with("password")
        || snake.ends_with("secretkey")
        || snake.ends_with("accesskey")
}

/// Returns whether a value is an AWS access key id or a private key, whatever its key.
fn is_formed_like_one(value: &str) -> bool {
    let key_id = value.as_bytes().windows(20).any(|window| {
        (window.starts_with(b"AKIA") || window.starts_with(b"ASIA"))
            && window.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    });
    key_id || value.contains("PRIVATE KEY-----")
}

/// Finds every credential in a document.
pub(super) fn find(root: &DeTable<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    in_table("", root, &mut found);
    found
}

fn in_table(path: &str, table: &DeTable<'_>, found: &mut Vec<Found>) {
    for (key, value) in table {
        let name: &str = key.get_ref();
        let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        if is_named_like_one(name) && path != NAME_OF_ONE {
            let (key, value) = (key.span(), value.span());
            found.push(Found { path, key, value, why: Why::Name });
        } else if path.starts_with(SECRETS) {
            let (key, value) = (key.span(), value.span());
            found.push(Found { path, key, value, why: Why::Place });
        } else {
            in_value(&path, key.span(), value, found);
        }
    }
}

fn in_value(path: &str, key: Range<usize>, value: &Spanned<DeValue<'_>>, found: &mut Vec<Found>) {
    match value.get_ref() {
        DeValue::String(text) if is_formed_like_one(text) => {
            found.push(Found { path: path.to_owned(), key, value: value.span(), why: Why::Form });
        }
        DeValue::Array(items) => {
            for item in items.iter() {
                in_value(path, key.clone(), item, found);
            }
        }
        DeValue::Table(table) => in_table(path, table, found),
        _ => {}
    }
}

/// Replaces every credential in the source with asterisks, byte for byte, so that offsets stay valid.
///
/// `broken` marks a document that does not parse: the end of a value is unknown there, so more is masked.
pub(super) fn mask(source: &str, found: &[Found], broken: bool) -> String {
    let mut hidden = vec![false; source.len()];
    for found in found {
        hidden[found.value.clone()].fill(true);
    }
    let mut start = 0;
    for line in source.split_inclusive('\n') {
        if let Some(from) = suspicious(line, broken) {
            let opens = ["\"\"\"", "'''", "[", "{"].iter().any(|mark| line[from..].contains(mark));
            let end = if broken && opens { source.len() } else { start + line.len() };
            hidden[start + from..end].fill(true);
        }
        start += line.len();
    }
    let mut out = String::with_capacity(source.len());
    for (at, c) in source.char_indices() {
        if c == '\n' || c == '\r' || !hidden[at] {
            out.push(c);
        } else {
            out.extend(std::iter::repeat_n('*', c.len_utf8()));
        }
    }
    out
}

/// The offset in a line at which a credential's value begins, if the line appears to have one.
fn suspicious(line: &str, broken: bool) -> Option<usize> {
    let setting = line.find('=').filter(|equals| {
        let key = line[..*equals].rsplit(['.', '#', '{', ',']).next().unwrap_or_default();
        let bare = key.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'');
        is_named_like_one(bare)
    });
    // Comments may contain credentials too. In a broken document, any text may be one.
    let prose = if broken { Some(0) } else { line.find('#') };
    let mentioned = prose.and_then(|from| {
        let formed = is_formed_like_one(&line[from..]).then_some(0);
        Some(from + formed.or_else(|| mention(&line[from..]))?)
    });
    [setting.map(|equals| equals + 1), mentioned].into_iter().flatten().min()
}

/// The offset of the text that follows a word for a credential.
fn mention(text: &str) -> Option<usize> {
    const WORDS: [&str; 7] = ["password", "passwd", "secret", "token", "private", "access", "credential"];
    let lower = text.to_ascii_lowercase();
    let ends = WORDS.iter().filter_map(|word| Some(lower.find(word)? + word.len()));
    let end = ends.min()?;
    let value = text[end..].find(|c: char| !c.is_whitespace() && c != '=' && c != ':')?;
    Some(end + value)
}
