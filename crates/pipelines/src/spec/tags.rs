//! `[tags]`: user-defined tags on every resource.
//!
//! The rules are those of the strictest service: a tag that any service refuses would make `up` fail midway.

use std::collections::BTreeMap;

use super::field::{Entries, Refusal, Visitor};
use super::problem::quoted_line;

/// A resource may have 50 tags; the remaining ones are reserved for vidpipe and AWS services.
/// <https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html>
const MAX: usize = 40;

pub(super) fn visit(tags: &mut BTreeMap<String, String>, v: &mut impl Visitor) {
    let rule = Entries {
        max: MAX,
        allowed: "up to 40 tags; keys of 1 to 128 and values of up to 256 letters, digits, spaces \
                  and _ . : / = + - @",
        example: "owner = \"video-team\"\ncost-center = \"4711\"",
        check,
    };
    v.entries("tags", "Tags for every resource, besides the ones vidpipe sets.", &rule, tags);
}

fn check(before: &BTreeMap<String, String>, key: &str, value: &str) -> Result<(), Refusal> {
    let lower = key.to_lowercase();
    if let Some(prefix) = ["aws:", "vidpipe:"].iter().find(|prefix| lower.starts_with(**prefix)) {
        return Err(Refusal::new(format!("begins with `{prefix}`, which is taken")).hint("choose another prefix"));
    }
    if key == "Name" {
        return Err(Refusal::new("is set by vidpipe, differently on every resource").hint("choose another key"));
    }
    if key.is_empty() || key.chars().count() > 128 {
        return Err(Refusal::new(format!("has a key of {} characters", key.chars().count())));
    }
    if value.chars().count() > 256 {
        return Err(Refusal::new(format!("has a value of {} characters", value.chars().count())));
    }
    if let Some(bad) = key.chars().chain(value.chars()).find(|c| !is_taken(*c)) {
        return Err(Refusal::new(format!("has a character AWS does not take everywhere: {bad:?}")));
    }
    if let Some(other) = before.keys().find(|other| *other != key && other.to_lowercase() == lower) {
        // IAM treats tag keys as case-insensitive, so the two would collide.
        return Err(
            Refusal::new(format!("differs from {} in case only", quoted_line(other))).hint("remove one of the two")
        );
    }
    Ok(())
}

fn is_taken(c: char) -> bool {
    c.is_alphanumeric() || " _.:/=+-@".contains(c)
}
