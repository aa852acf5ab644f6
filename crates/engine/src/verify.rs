//! Whether an environment is usable, not just available: individual checks, each with the call that was made and its
//! result.
//!
//! This module only defines the types. A provider runs the checks; a check that could not be made is
//! [`Verdict::Unknown`], never "passed".
use serde::{Deserialize, Serialize};

/// The topic of a check, as in an audit report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Section {
    /// Data is encrypted at rest.
    EncryptionAtRest,
    /// Data is encrypted in transit.
    EncryptionInTransit,
    /// Network exposure and permissions.
    Access,
    /// How long data is retained.
    Retention,
    /// The events that are logged.
    AuditTrail,
    /// It works, and tolerates the failure of a part.
    Availability,
    /// The owner can be identified from the tags.
    Tags,
}

impl Section {
    /// All sections, in the order of a report.
    pub const ALL: [Self; 7] = [
        Self::EncryptionAtRest,
        Self::EncryptionInTransit,
        Self::Access,
        Self::Retention,
        Self::AuditTrail,
        Self::Availability,
        Self::Tags,
    ];

    /// Its title.
    pub const fn title(self) -> &'static str {
        match self {
            Self::EncryptionAtRest => "Encryption at rest",
            Self::EncryptionInTransit => "Encryption in transit",
            Self::Access => "Access",
            Self::Retention => "Retention",
            Self::AuditTrail => "Audit trail",
            Self::Availability => "Availability",
            Self::Tags => "Tags",
        }
    }
}

/// The result of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Verdict {
    /// It meets the requirement.
    Passed,
    /// It does not.
    Failed {
        /// The reason.
        why: String,
    },
    /// The call returned no result.
    Unknown {
        /// The error.
        why: String,
    },
    /// It cannot be checked from here.
    NotAsked {
        /// The reason.
        why: String,
    },
}

impl Verdict {
    /// The verdict in one word.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed { .. } => "FAILED",
            Self::Unknown { .. } => "UNKNOWN",
            Self::NotAsked { .. } => "not asked",
        }
    }

    /// Why it did not pass.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Passed => None,
            Self::Failed { why } | Self::Unknown { why } | Self::NotAsked { why } => Some(why),
        }
    }
}

/// A check of one property of one resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// The provider's service, such as `rds`.
    pub service: String,
    /// The node the check is about.
    pub node: String,
    /// The property to check, as a short sentence.
    pub what: String,
    /// The topic.
    pub section: Section,
    /// The result.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The observed value; empty if none was observed.
    pub evidence: String,
    /// The provider's call that returned it, such as `DescribeDBInstances`.
    pub call: String,
}

/// The results of all checks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// All checks.
    pub checks: Vec<Check>,
    /// The number of calls made.
    pub asked: usize,
}

impl Verified {
    /// Whether nothing failed and nothing is unknown.
    pub fn is_good(&self) -> bool {
        self.troubled().next().is_none()
    }

    /// The checks that failed or are unknown.
    pub fn troubled(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|c| matches!(c.verdict, Verdict::Failed { .. } | Verdict::Unknown { .. }))
    }

    /// The number of checks with that verdict.
    pub fn count(&self, word: &str) -> usize {
        self.checks.iter().filter(|c| c.verdict.word() == word).count()
    }
}
