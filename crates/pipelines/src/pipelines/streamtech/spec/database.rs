//! `[database]`: RDS for PostgreSQL.

use serde::Serialize;

use crate::spec::field::{Any, RangeWithHint, Text, Visitor};
use crate::spec::postgres::{backups, iam, name, username, version};
use crate::spec::rules;

/// RDS for PostgreSQL, on gp3 storage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Database {
    /// PostgreSQL version: a major, which selects the newest minor in the region, or a full version.
    pub engine_version: String,
    /// DB instance class.
    pub instance_class: String,
    /// gp3 storage in GiB.
    pub storage_gib: u32,
    /// Whether a standby runs in a second zone.
    pub multi_az: bool,
    /// The database created inside the instance.
    pub name: String,
    /// The master user.
    pub username: String,
    /// Length of the generated master password in characters.
    pub password_length: u32,
    /// Retention of automated backups, and thus of point-in-time recovery, in days.
    pub backup_retention_days: u32,
    /// Whether IAM users and roles may authenticate with tokens.
    pub iam_authentication: bool,
    /// Whether services start only once the database accepts connections; otherwise as soon as it has an address.
    pub wait_until_available: bool,
}

impl Database {
    pub(super) fn visit(&mut self, v: &mut impl Visitor) {
        self.visit_instance(v);
        name(&mut self.name, v);
        username(&mut self.username, v);
        v.field(
            "password_length",
            "Length of the generated password, in characters.",
            &RangeWithHint { range: 16..=128, hint: "fewer are too easy to guess, and RDS takes no more than 128" },
            &mut self.password_length,
        );
        backups(&mut self.backup_retention_days, v);
        iam(&mut self.iam_authentication, v);
        v.field(
            "wait_until_available",
            "Start the services once it takes connections. `false` starts them minutes earlier, as soon as it has an address; their \
             tasks must bear that.",
            &Any,
            &mut self.wait_until_available,
        );
    }

    fn visit_instance(&mut self, v: &mut impl Visitor) {
        // No `..`: a new field must be passed to a visitor here or above.
        let Self {
            engine_version,
            instance_class,
            storage_gib,
            multi_az,
            name: _,
            username: _,
            password_length: _,
            backup_retention_days: _,
            iam_authentication: _,
            wait_until_available: _,
        } = self;
        version(engine_version, v);
        let class_rule = Text {
            allowed: "a DB instance class, such as db.t3.medium or db.r6g.2xlarge",
            check: rules::instance_class,
        };
        v.field("instance_class", "Size of the instance.", &class_rule, instance_class);
        v.field("storage_gib", "gp3 storage, in GiB. It can grow later, but never shrink.", &(20..=65536), storage_gib);
        v.field("multi_az", "Keep a standby in a second availability zone.", &Any, multi_az);
    }
}
