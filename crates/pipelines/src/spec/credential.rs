//! Credentials in a spec: found, refused, and never shown.
//!
//! A spec is committed, mailed and printed in errors. Where something looks like a credential, its
//! value is masked in every piece of source that an error shows.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A credential found: the path of its key, and where key and value stand.
pub(super) struct Found {
    pub(super) path: String,
    pub(super) key: Range<usize>,
    pub(super) value: Range<usize>,
    pub(super) why: Why,
}

/// Why a value is not shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// Its key is named like one of a credential: refused.
    Name,
    /// It is formed like a credential: refused.
    Form,
    /// It should be the name of a secret, but somebody may have written the secret itself: only hidden.
    Place,
}

/// Last words of names that hold credentials. Only endings: `password_file` names a file.
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

/// The section of names of secrets, and its key that is named like a credential's.
const SECRETS: &str = "secrets.";
const NAME_OF_ONE: &str = "secrets.api_key";

/// Whether a key is named like one that holds a credential.
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

/// Whether a value is an AWS access key id or a private key, whatever its name.
fn is_formed_like_one(value: &str) -> bool {
    let key_id = value.as_bytes().windows(20).any(|window| {
        (window.starts_with(b"AKIA") || window.starts_with(b"ASIA"))
            && window.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    });
    key_id || value.contains("PRIVATE KEY-----")
}

/// Every credential in a document.
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

/// The source with every credential replaced by asterisks, byte for byte, so that places stay.
///
/// `broken` is for a document that does not parse: the end of a value is not known there, so
/// more is masked.
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

/// Where on a line a credential's value begins, if the line seems to have one.
fn suspicious(line: &str, broken: bool) -> Option<usize> {
    let setting = line.find('=').filter(|equals| {
        let key = line[..*equals].rsplit(['.', '#', '{', ',']).next().unwrap_or_default();
        let bare = key.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'');
        is_named_like_one(bare)
    });
    // People note credentials in comments too; and where the text is broken, anything may be one.
    let prose = if broken { Some(0) } else { line.find('#') };
    let mentioned = prose.and_then(|from| {
        let formed = is_formed_like_one(&line[from..]).then_some(0);
        Some(from + formed.or_else(|| mention(&line[from..]))?)
    });
    [setting.map(|equals| equals + 1), mentioned].into_iter().flatten().min()
}

/// Where the text after a word for a credential begins.
fn mention(text: &str) -> Option<usize> {
    const WORDS: [&str; 7] = ["password", "passwd", "secret", "token", "private", "access", "credential"];
    let lower = text.to_ascii_lowercase();
    let ends = WORDS.iter().filter_map(|word| Some(lower.find(word)? + word.len()));
    let end = ends.min()?;
    let value = text[end..].find(|c: char| !c.is_whitespace() && c != '=' && c != ':')?;
    Some(end + value)
}
