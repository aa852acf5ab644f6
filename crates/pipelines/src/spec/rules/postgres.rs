//! Names and versions that RDS for PostgreSQL accepts.
//! <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html>

use super::super::field::Refusal;
use super::super::problem::quoted_line;
use super::not;

/// Keywords that PostgreSQL reserves wherever a name may appear.
/// <https://www.postgresql.org/docs/current/sql-keywords-appendix.html>
const KEYWORDS: &[&str] = &[
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "column",
    "constraint",
    "create",
    "current_catalog",
    "current_date",
    "current_role",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "from",
    "grant",
    "group",
    "having",
    "in",
    "initially",
    "intersect",
    "into",
    "lateral",
    "leading",
    "limit",
    "localtime",
    "localtimestamp",
    "not",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "placing",
    "primary",
    "references",
    "returning",
    "select",
    "session_user",
    "some",
    "symmetric",
    "system_user",
    "table",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "when",
    "where",
    "window",
    "with",
];

/// The name of an instance's first database.
pub(crate) fn database_name(text: &str) -> Result<(), Refusal> {
    identifier(text, 63, "a database name")?;
    let lower = text.to_ascii_lowercase();
    match lower.as_str() {
        "postgres" | "template0" | "template1" => {
            Err(Refusal::new(format!("is the name of a database every PostgreSQL has: {}", quoted_line(text)))
                .hint("choose a name of your own, such as \"videometadata\""))
        }
        "db" | "rdsadmin" => Err(reserved(text)),
        word if KEYWORDS.contains(&word) => Err(reserved(text)),
        _ => Ok(()),
    }
}

/// The name of the master user.
pub(crate) fn database_username(text: &str) -> Result<(), Refusal> {
    identifier(text, 16, "a user name")?;
    let lower = text.to_ascii_lowercase();
    let of_rds = ["admin", "rdsadmin", "rdsrepladmin", "rdstopmgr", "public", "none"];
    let prefix = lower.starts_with("rds_") || lower.starts_with("pg_");
    if prefix || of_rds.contains(&lower.as_str()) || KEYWORDS.contains(&lower.as_str()) {
        return Err(reserved(text).hint("`postgres` is the usual name"));
    }
    Ok(())
}

/// A major version, or a full version.
pub(crate) fn postgres_version(text: &str) -> Result<(), Refusal> {
    let what = "a PostgreSQL version";
    let number = |part: &str| {
        let plain = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        part.parse::<u32>().ok().filter(|_| plain)
    };
    let (major, minor) = match text.split_once('.') {
        Some((major, minor)) => (number(major), number(minor).is_some()),
        None => (number(text), true),
    };
    match major {
        Some(13..=18) if minor => Ok(()),
        Some(major) if minor => {
            let refusal = Refusal::new(format!("is not a supported version: {}", quoted_line(text)));
            Err(refusal.hint(match major {
                0..13 => "RDS no longer makes instances of it; use \"15\"",
                _ => "vidpipe does not know this version yet; use \"18\" or older",
            }))
        }
        _ => Err(not(what, text).hint("write the major version only, such as \"15\"")),
    }
}

fn identifier(text: &str, max: usize, what: &str) -> Result<(), Refusal> {
    if !is_identifier(text) {
        let refusal = not(what, text);
        let meant = text.replace(['-', ' ', '.'], "_");
        return Err(if is_identifier(&meant) && meant.len() <= max {
            refusal.hint(format!("did you mean \"{meant}\"?"))
        } else {
            refusal
        });
    }
    if text.len() > max {
        return Err(Refusal::new(format!("is too long: {} characters", text.len())));
    }
    Ok(())
}

fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn reserved(text: &str) -> Refusal {
    Refusal::new(format!("is a reserved word: {}", quoted_line(text))).hint("choose another name")
}
