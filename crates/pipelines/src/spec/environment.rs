//! `[worker.environment]`: user-defined environment variables.

use std::collections::BTreeMap;

use super::field::{Entries, Refusal, Visitor};

/// A task definition is limited to 64 KiB in all, and the rest of it needs space too.
const MAX_BYTES: usize = 32 * 1024;
const MAX: usize = 100;
const EXAMPLE: &str = "LOG_LEVEL = \"info\"";

/// Rules for the environment of StreamTech's workers.
pub(super) const STREAMTECH: Entries = Entries {
    max: MAX,
    allowed: "up to 100 variables and 32 KiB; names of letters, digits and underscores, not \
              REGION, REDIS_ENDPOINT, REDIS_PORT, DB_*, ECS_* or AWS_CONTAINER_*",
    example: EXAMPLE,
    check: |before, name, value| {
        check(before, name, value, &["REGION", "REDIS_ENDPOINT", "REDIS_PORT"], &["DB_", "ECS_", "AWS_CONTAINER_"])
    },
};

/// Rules for the environment of StreamFlix's workers.
pub(super) const STREAMFLIX: Entries = Entries {
    max: MAX,
    allowed: "up to 100 variables and 32 KiB; names of letters, digits and underscores, not \
              REGION, STREAM_NAME, DLQ_URL, RETRY_*, DB_*, ECS_* or AWS_CONTAINER_*",
    example: EXAMPLE,
    check: |before, name, value| {
        let beginnings = ["RETRY_", "DB_", "ECS_", "AWS_CONTAINER_"];
        check(before, name, value, &["REGION", "STREAM_NAME", "DLQ_URL"], &beginnings)
    },
};

pub(super) fn visit(rule: &Entries, environment: &mut BTreeMap<String, String>, v: &mut impl Visitor) {
    v.entries("environment", "Environment variables besides the ones vidpipe sets.", rule, environment);
}

/// vidpipe's task definition or the ECS agent sets the variables in `ours` and those that start with one of the
/// `beginnings`.
fn check(
    before: &BTreeMap<String, String>,
    name: &str,
    value: &str,
    ours: &[&str],
    beginnings: &[&str],
) -> Result<(), Refusal> {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    if name.is_empty() || name.len() > 255 || !name.bytes().all(word) {
        return Err(Refusal::new("is not a name of an environment variable"));
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(Refusal::new("begins with a digit, which shells do not take"));
    }
    if ours.contains(&name) || beginnings.iter().any(|beginning| name.starts_with(beginning)) {
        return Err(Refusal::new("is set by vidpipe or by ECS").hint("choose another name"));
    }
    if value.contains('\0') {
        return Err(Refusal::new("has a NUL character in its value"));
    }
    let bytes: usize = before.iter().map(|(name, value)| name.len() + value.len()).sum();
    if bytes + name.len() + value.len() > MAX_BYTES {
        return Err(Refusal::new("makes the environment larger than 32 KiB")
            .hint("put large values into a file on the shared file system"));
    }
    Ok(())
}
