//! `[worker.environment]`: environment variables of the user's own.

use std::collections::BTreeMap;

use super::field::{Entries, Refusal, Visitor};

/// A task definition holds 64 KiB in all; the rest of it needs room too.
const MAX_BYTES: usize = 32 * 1024;

pub(super) fn visit(environment: &mut BTreeMap<String, String>, v: &mut impl Visitor) {
    let rule = Entries {
        max: 100,
        allowed: "up to 100 variables and 32 KiB; names of letters, digits and underscores, not \
                  REGION, REDIS_ENDPOINT, REDIS_PORT, DB_*, ECS_* or AWS_CONTAINER_*",
        example: "LOG_LEVEL = \"info\"",
        check,
    };
    let about = "Environment variables besides the ones vidpipe sets.";
    v.entries("environment", about, &rule, environment);
}

fn check(before: &BTreeMap<String, String>, name: &str, value: &str) -> Result<(), Refusal> {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    if name.is_empty() || name.len() > 255 || !name.bytes().all(word) {
        return Err(Refusal::new("is not a name of an environment variable"));
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(Refusal::new("begins with a digit, which shells do not take"));
    }
    if is_ours(name) {
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

/// Whether the container gets this variable from vidpipe's task definition or from the ECS agent.
fn is_ours(name: &str) -> bool {
    ["REGION", "REDIS_ENDPOINT", "REDIS_PORT"].contains(&name)
        || ["DB_", "ECS_", "AWS_CONTAINER_"].iter().any(|prefix| name.starts_with(prefix))
}
