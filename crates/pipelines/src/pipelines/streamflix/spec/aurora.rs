//! `[database]`: Aurora PostgreSQL, Serverless v2.

use serde::Serialize;

use crate::spec::field::{Any, RangeWithHint, Visitor};
use crate::spec::postgres::{backups, iam, name, username, version};
use crate::spec::rules::Capacity;

/// An Aurora PostgreSQL cluster, Serverless v2.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Aurora {
    /// PostgreSQL version: a major, which selects the newest minor in the region, or a full version.
    pub engine_version: String,
    /// Minimum capacity of an instance, in ACUs of about 2 GiB.
    pub min_acu: f64,
    /// Maximum capacity of an instance, in ACUs of about 2 GiB.
    pub max_acu: f64,
    /// Whether a reader runs in a second zone.
    pub reader: bool,
    /// The database created inside the cluster.
    pub name: String,
    /// The master user.
    pub username: String,
    /// Days after which RDS rotates the password.
    pub rotation_days: u32,
    /// Retention of automated backups, and thus of point-in-time recovery, in days.
    pub backup_retention_days: u32,
    /// Whether the Data API is enabled.
    pub data_api: bool,
    /// Whether IAM users and roles may authenticate with tokens.
    pub iam_authentication: bool,
}

impl Aurora {
    pub(super) fn visit(&mut self, v: &mut impl Visitor) {
        let Self {
            engine_version,
            min_acu,
            max_acu,
            reader,
            name: database,
            username: user,
            rotation_days,
            backup_retention_days,
            data_api,
            iam_authentication,
        } = self;
        version(engine_version, v);
        let (least, most) = (Capacity { least: 0.5 }, Capacity { least: 1.0 });
        v.field("min_acu", "Least capacity of an instance, in ACUs of about 2 GiB.", &least, min_acu);
        v.field("max_acu", "Most capacity of an instance, in ACUs of about 2 GiB.", &most, max_acu);
        v.field(
            "reader",
            "Keep a reader in a second availability zone, which takes over when the writer fails.",
            &Any,
            reader,
        );
        name(database, v);
        username(user, v);
        // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotationRulesType.html
        let days = RangeWithHint {
            range: 1..=1000,
            hint: "Secrets Manager rotates every day at most, and at least once in 1000 days",
        };
        v.field("rotation_days", "Days after which RDS makes a new password.", &days, rotation_days);
        backups(backup_retention_days, v);
        v.field("data_api", "Turn on the Data API, by which vidpipe makes the tables.", &Any, data_api);
        iam(iam_authentication, v);
    }
}
