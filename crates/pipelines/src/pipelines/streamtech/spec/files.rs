//! `[files]`: the EFS file system the workers share.

use serde::Serialize;

use crate::spec::field::{Any, OneOf, RangeWithHint, Text, Visitor};
use crate::spec::rules;
use crate::spec::setting::Choice;

/// The EFS file system the workers share.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Files {
    /// Days without access after which a file moves to the infrequent-access class.
    pub infrequent_access_after_days: u32,
    /// EFS performance mode.
    pub performance_mode: PerformanceMode,
    /// EFS throughput mode.
    pub throughput_mode: ThroughputMode,
    /// Path at which the workers mount the file system.
    pub mount_path: String,
    /// The directory of the file system that the access point exposes as its root.
    pub access_point_path: String,
    /// POSIX user id of every access through the access point.
    pub uid: u32,
    /// POSIX group id of every access through the access point.
    pub gid: u32,
    /// Octal permissions the access point's directory is created with.
    pub permissions: String,
}

/// EFS performance mode; it cannot be changed after the file system is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PerformanceMode {
    /// Lowest latency per operation.
    GeneralPurpose,
    /// More operations at higher latency.
    MaxIo,
}

impl Choice for PerformanceMode {
    const CHOICES: &'static [(&'static str, Self)] =
        &[("general_purpose", Self::GeneralPurpose), ("max_io", Self::MaxIo)];
}

/// EFS throughput mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ThroughputMode {
    /// Throughput scales with the amount of stored data.
    Bursting,
    /// Throughput follows the load, and is billed per byte.
    Elastic,
}

impl Choice for ThroughputMode {
    const CHOICES: &'static [(&'static str, Self)] = &[("bursting", Self::Bursting), ("elastic", Self::Elastic)];
}

impl Files {
    pub(super) fn visit(&mut self, v: &mut impl Visitor) {
        self.visit_file_system(v);
        let path_rule = Text {
            allowed: "an absolute path of up to 4 directories and 100 characters",
            check: rules::access_point_path,
        };
        v.field(
            "access_point_path",
            "Directory of the file system that the access point shows as its root.",
            &path_rule,
            &mut self.access_point_path,
        );
        // POSIX reserves the highest number for "no id".
        let id_rule = RangeWithHint {
            range: 1..=u32::MAX - 1,
            hint: "0 would give the workers root on the file system; use another id",
        };
        v.field("uid", "POSIX user id of every access by the workers.", &id_rule, &mut self.uid);
        v.field("gid", "POSIX group id of every access by the workers.", &id_rule, &mut self.gid);
        let mode_rule = Text { allowed: "3 or 4 octal digits, such as \"0750\"", check: rules::permissions };
        v.field(
            "permissions",
            "Permissions the access point's directory is created with, octal.",
            &mode_rule,
            &mut self.permissions,
        );
    }

    fn visit_file_system(&mut self, v: &mut impl Visitor) {
        // No `..`: a new field must be passed to a visitor here or above.
        let Self {
            infrequent_access_after_days,
            performance_mode,
            throughput_mode,
            mount_path,
            access_point_path: _,
            uid: _,
            gid: _,
            permissions: _,
        } = self;
        v.field(
            "infrequent_access_after_days",
            "Days without access after which a file moves to the cheaper class.",
            &OneOf(&[1, 7, 14, 30, 60, 90, 180, 270, 365]),
            infrequent_access_after_days,
        );
        v.field(
            "performance_mode",
            "EFS performance mode. Changing it later replaces the file system.",
            &Any,
            performance_mode,
        );
        v.field(
            "throughput_mode",
            "Throughput grows with what is stored (bursting) or follows the load (elastic).",
            &Any,
            throughput_mode,
        );
        let mount_rule = Text {
            allowed: "an absolute path that is no system directory, such as /mnt/efs",
            check: rules::mount_path,
        };
        v.field("mount_path", "Where the workers see the file system.", &mount_rule, mount_path);
    }
}
