//! Migrations: SQL that creates the tables. Each migration runs once, in order.
//!
//! This module opens no file: the caller passes in the contents of the user's folder. A returned migration has passed
//! the lexical checks; its grammar is left to PostgreSQL.

mod sql;

use std::fmt;

use crate::spec::quoted_line;

/// Maximum size of one migration in bytes: it is sent in a single AWS call.
pub const LARGEST: usize = 32 * 1024;

/// Maximum total size of all migrations in bytes: one task definition may hold them all, and its limit is 64 KiB.
pub const LARGEST_TOGETHER: usize = 40 * 1024;

/// One numbered piece of SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// The number, such as `001`; migrations run in ascending order.
    pub version: String,
    /// The name, such as `videos`.
    pub name: String,
    /// The SQL text.
    pub sql: String,
}

/// Why a migration cannot be run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct MigrationError {
    /// The file name within the folder; empty if the error concerns the folder.
    pub file: String,
    /// The line, from 1; 0 if the error concerns the whole file.
    pub line: usize,
    /// The error message.
    pub message: String,
    /// The suggested fix.
    pub hint: String,
}

impl fmt::Display for MigrationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.file.as_str(), self.line) {
            ("", _) => write!(f, "{}", self.message),
            (file, 0) => write!(f, "{}: {}", quoted_line(file), self.message),
            (file, line) => write!(f, "{} line {line}: {}", quoted_line(file), self.message),
        }
    }
}

/// The built-in migrations: the table of videos.
#[must_use]
pub fn builtin() -> Vec<Migration> {
    let sql = include_str!("../../migrations/001_videos.sql").to_owned();
    vec![Migration { version: "001".into(), name: "videos".into(), sql }]
}

/// Parses a folder's SQL files, given as names and contents in any order.
///
/// # Errors
/// The first [`MigrationError`], in order of file name.
pub fn read(mut files: Vec<(String, Vec<u8>)>) -> Result<Vec<Migration>, MigrationError> {
    files.sort();
    let about = |file: &str, message: &str, hint: &str| MigrationError {
        file: file.into(),
        line: 0,
        message: message.into(),
        hint: hint.into(),
    };
    if files.is_empty() {
        let message = "the folder of migrations has no file that ends in .sql";
        return Err(about(
            "",
            message,
            "put a file such as 001_videos.sql into it, or set metadata.migrations = \"off\"",
        ));
    }
    let mut found = Vec::<Migration>::new();
    for (file, content) in files {
        let named = "call it NNN_name.sql: three digits from 001, then letters, digits and underscores";
        let (version, name) = parts(&file).ok_or_else(|| about(&file, "is not the name of a migration", named))?;
        if found.last().is_some_and(|before| before.version == version) {
            return Err(about(&file, "has the number of another migration", "give it the next free number"));
        }
        if content.len() > LARGEST {
            let message = format!("is too large: {} bytes of {LARGEST}", content.len());
            return Err(about(&file, &message, "cut it into several migrations"));
        }
        let text = String::from_utf8(content).map_err(|e| {
            let good = e.utf8_error().valid_up_to();
            let line = e.as_bytes()[..good].iter().filter(|b| **b == b'\n').count() + 1;
            MigrationError { line, ..about(&file, "is not UTF-8 text", "save it as UTF-8") }
        })?;
        let sql = text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned();
        sql::check(&sql).map_err(|fault| {
            let sql::Fault { line, message, hint } = fault;
            MigrationError { line, ..about(&file, &message, hint) }
        })?;
        found.push(Migration { version, name, sql });
    }
    let together: usize = found.iter().map(|m| m.sql.len()).sum();
    if together > LARGEST_TOGETHER {
        let message = format!("the migrations are too large together: {together} bytes of {LARGEST_TOGETHER}");
        return Err(about("", &message, "leave out comments, or run the rest by yourself"));
    }
    Ok(found)
}

/// Splits a file name of the form `NNN_name.sql` into number and name.
fn parts(file: &str) -> Option<(String, String)> {
    let (number, name) = file.strip_suffix(".sql")?.split_once('_')?;
    let digits = number.len() == 3 && number.bytes().all(|b| b.is_ascii_digit()) && number != "000";
    let word = (1..=100).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    (digits && word).then(|| (number.to_owned(), name.to_owned()))
}
