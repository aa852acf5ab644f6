//! User-defined environment variables of a service.

use std::collections::BTreeMap;

use super::field::{Entries, EntryCheck, Refusal, Visitor};

/// A task definition is limited to 64 KiB in all, and the rest of it needs space too.
const MAX_BYTES: usize = 32 * 1024;
const MAX: usize = 100;
const EXAMPLE: &str = "LOG_LEVEL = \"info\"";

/// A rule for the environment of a service. `check` calls [`check`](fn@check) with the names that vidpipe sets.
pub(crate) const fn rule(allowed: &'static str, check: EntryCheck) -> Entries {
    Entries { max: MAX, allowed, example: EXAMPLE, check }
}

/// Visits the environment variables of a service.
pub(crate) fn visit(rule: &Entries, environment: &mut BTreeMap<String, String>, v: &mut impl Visitor) {
    v.entries("environment", "Environment variables besides the ones vidpipe sets.", rule, environment);
}

/// Checks one variable. vidpipe's task definition or the ECS agent sets the variables in `ours` and those that start
/// with one of the `beginnings`.
pub(crate) fn check(
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
