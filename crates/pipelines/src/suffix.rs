//! Suffixes: they distinguish environments, in every physical name.
//!
//! Every [`Suffix`] value is valid in the names of all services. Services differ in folding case, forbidding double
//! hyphens and limiting length; the rule here is the strictest of them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use vidpipe_text::hidden;

/// Minimum length of a suffix in characters.
pub const SHORTEST: usize = 2;

/// Maximum length of a suffix in characters: the longest IAM role name leaves no more space.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
pub const LONGEST: usize = 18;

/// Describes the allowed suffixes.
pub const ALLOWED: &str = "2 to 18 characters: lower-case letters, digits and single hyphens, \
                           beginning with a letter and not ending with a hyphen";

/// Words that AWS reserves at the end of some names.
const RESERVED: [&str; 3] = ["default", "internal", "sg"];

/// Endings that S3 reserves for access points and its own buckets.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
const RESERVED_ENDINGS: [&str; 4] = ["s3alias", "ol-s3", "x-s3", "mrap"];

/// The name of an environment: `^[a-z][a-z0-9]*(-[a-z0-9]+)*$`, 2 to 18 characters, no reserved word.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Suffix(String);

impl Suffix {
    /// Parses a suffix as typed; nothing is trimmed or folded.
    ///
    /// # Errors
    /// [`SuffixError`] with the exact fault.
    pub fn parse(text: &str) -> Result<Self, SuffixError> {
        match fault(text) {
            None => Ok(Self(text.to_owned())),
            Some(reason) => Err(SuffixError { given: escaped(text), suggestion: suggestion(text), reason }),
        }
    }

    /// The suffix as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the name alone protects the environment: `prod`, `production`, `live`, `*-prod`.
    #[must_use]
    pub fn is_protected(&self) -> bool {
        matches!(self.as_str(), "prod" | "production" | "live") || self.0.ends_with("-prod")
    }
}

impl fmt::Display for Suffix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl AsRef<str> for Suffix {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl FromStr for Suffix {
    type Err = SuffixError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Suffix {
    type Error = SuffixError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Suffix> for String {
    fn from(suffix: Suffix) -> Self {
        suffix.0
    }
}

/// The error for an invalid suffix.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("suffix \"{given}\" {reason}; allowed are {ALLOWED}")]
pub struct SuffixError {
    given: String,
    reason: SuffixFault,
    suggestion: Option<String>,
}

impl SuffixError {
    /// The fault.
    #[must_use]
    pub fn fault(&self) -> &SuffixFault {
        &self.reason
    }

    /// The suggested fix.
    #[must_use]
    pub fn hint(&self) -> String {
        match &self.suggestion {
            Some(suffix) => format!("try \"{suffix}\""),
            None => "choose another name, such as \"staging\"".to_owned(),
        }
    }
}

/// The fault of an invalid suffix.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SuffixFault {
    /// The text is empty.
    #[error("is empty")]
    Empty,
    /// Fewer than [`SHORTEST`] characters.
    #[error("is too short: {0} character")]
    TooShort(usize),
    /// More than [`LONGEST`] characters.
    #[error("is too long: {0} characters")]
    TooLong(usize),
    /// A line break or another control character, shown escaped.
    #[error("has a line break or control character: {0}")]
    Control(String),
    /// A character outside ASCII.
    #[error("has a character that is not ASCII: {0}")]
    NotAscii(String),
    /// A slash or backslash.
    #[error("has a path separator: {0}")]
    PathSeparator(char),
    /// White space.
    #[error("has a space")]
    Space,
    /// An upper-case letter: some services fold case, so two environments would share names.
    #[error("has an upper-case letter: {0}")]
    UpperCase(char),
    /// Any other character that is not allowed.
    #[error("has a character that is not allowed: {0}")]
    Character(char),
    /// A leading hyphen.
    #[error("begins with a hyphen")]
    LeadingHyphen,
    /// A leading digit.
    #[error("begins with a digit")]
    LeadingDigit,
    /// A trailing hyphen.
    #[error("ends with a hyphen")]
    TrailingHyphen,
    /// Two hyphens in a row.
    #[error("has two hyphens in a row")]
    DoubleHyphen,
    /// A word AWS reserves.
    #[error("is or contains a name reserved by AWS: {0}")]
    Reserved(&'static str),
}

/// The most helpful fault of a text, if any.
fn fault(text: &str) -> Option<SuffixFault> {
    let length = text.chars().count();
    if length == 0 {
        return Some(SuffixFault::Empty);
    }
    if let Some(bad) = text.chars().find_map(character_fault) {
        return Some(bad);
    }
    if length > LONGEST {
        return Some(SuffixFault::TooLong(length));
    }
    if text.starts_with('-') {
        return Some(SuffixFault::LeadingHyphen);
    }
    if text.ends_with('-') {
        return Some(SuffixFault::TrailingHyphen);
    }
    if text.contains("--") {
        return Some(SuffixFault::DoubleHyphen);
    }
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(SuffixFault::LeadingDigit);
    }
    if length < SHORTEST {
        return Some(SuffixFault::TooShort(length));
    }
    reserved(text).map(SuffixFault::Reserved)
}

fn character_fault(c: char) -> Option<SuffixFault> {
    match c {
        'a'..='z' | '0'..='9' | '-' => None,
        'A'..='Z' => Some(SuffixFault::UpperCase(c)),
        '/' | '\\' => Some(SuffixFault::PathSeparator(c)),
        ' ' => Some(SuffixFault::Space),
        c if c.is_control() => Some(SuffixFault::Control(c.escape_default().to_string())),
        // Escapes characters that are invisible, such as a zero-width space or a change of direction.
        c if !c.is_ascii() => Some(SuffixFault::NotAscii(c.escape_debug().to_string())),
        c => Some(SuffixFault::Character(c)),
    }
}

fn reserved(text: &str) -> Option<&'static str> {
    if text.starts_with("aws") {
        return Some("aws");
    }
    let whole = RESERVED.into_iter().find(|word| *word == text);
    whole.or_else(|| RESERVED_ENDINGS.into_iter().find(|ending| text.ends_with(ending)))
}

/// The most similar valid suffix: in lower case, with hyphens for invalid characters, truncated.
fn suggestion(text: &str) -> Option<String> {
    let mut out = String::new();
    // Only the start of the text matters, however long it is.
    for c in text.chars().take(4 * LONGEST).flat_map(char::to_lowercase) {
        match c {
            'a'..='z' => out.push(c),
            '0'..='9' if !out.is_empty() => out.push(c),
            '0'..='9' => {}
            _ if out.is_empty() || out.ends_with('-') => {}
            _ => out.push('-'),
        }
    }
    out.truncate(LONGEST);
    let out = out.trim_end_matches('-');
    fault(out).is_none().then(|| out.to_owned())
}

/// Escapes the text to one line and truncates it.
fn escaped(text: &str) -> String {
    const GLANCE: usize = 40;
    let mut out: String = text.chars().take(GLANCE).flat_map(char::escape_debug).filter(|c| !hidden(*c)).collect();
    if text.chars().nth(GLANCE).is_some() {
        out.push_str("...");
    }
    out
}
