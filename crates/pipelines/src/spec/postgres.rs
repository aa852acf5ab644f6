//! Settings that every PostgreSQL database has, on RDS or Aurora.

use super::field::{Any, RangeWithHint, Text, Visitor};
use super::rules;

/// The engine version, for RDS and Aurora.
pub(crate) fn version(slot: &mut String, v: &mut impl Visitor) {
    let rule = Text {
        allowed: "a major version from \"13\" to \"18\", or one with its minor, such as \"15.14\"",
        check: rules::postgres_version,
    };
    let about = "PostgreSQL version. A major means the newest minor the region offers.";
    v.field("engine_version", about, &rule, slot);
}

/// The name of the first database.
pub(crate) fn name(slot: &mut String, v: &mut impl Visitor) {
    let rule = Text {
        allowed: "1 to 63 letters, digits and underscores, a letter first, no reserved word",
        check: rules::database_name,
    };
    v.field("name", "The database made inside the instance.", &rule, slot);
}

/// The master user.
pub(crate) fn username(slot: &mut String, v: &mut impl Visitor) {
    let rule = Text {
        allowed: "1 to 16 letters, digits and underscores, a letter first, no reserved word",
        check: rules::database_username,
    };
    v.field("username", "The master user; its password is generated.", &rule, slot);
}

/// The backup retention.
pub(crate) fn backups(slot: &mut u32, v: &mut impl Visitor) {
    v.field(
        "backup_retention_days",
        "How far back automated backups and point-in-time recovery reach, in days.",
        &RangeWithHint { range: 1..=35, hint: "0 would turn point-in-time recovery off; use at least 1" },
        slot,
    );
}

/// Whether IAM users and roles may log in.
pub(crate) fn iam(slot: &mut bool, v: &mut impl Visitor) {
    v.field("iam_authentication", "Let IAM users and roles log in with tokens.", &Any, slot);
}
