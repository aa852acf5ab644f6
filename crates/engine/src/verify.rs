//! Whether an environment is usable, not just available: single checks, each with who was asked and what was said.
//!
//! Here are only the words. A provider asks; what it could not ask is [`Verdict::Unknown`], never "passed".
use serde::{Deserialize, Serialize};

/// What a check is about, as whoever audits an environment sorts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Section {
    /// Data is encrypted where it lies.
    EncryptionAtRest,
    /// Data is encrypted on its way.
    EncryptionInTransit,
    /// Who can reach it, and who may use it.
    Access,
    /// How long what is kept is kept.
    Retention,
    /// What is written down of what happens.
    AuditTrail,
    /// It works, and goes on when a part fails.
    Availability,
    /// Whose it is can be read from it.
    Tags,
}

impl Section {
    /// Every one, in the order of a report.
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

/// What a check came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Verdict {
    /// It is as wanted.
    Passed,
    /// It is not.
    Failed {
        /// What is wrong.
        why: String,
    },
    /// There was no answer.
    Unknown {
        /// What was said instead.
        why: String,
    },
    /// It cannot be asked from here.
    NotAsked {
        /// Why not.
        why: String,
    },
}

impl Verdict {
    /// It in a word.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed { .. } => "FAILED",
            Self::Unknown { .. } => "UNKNOWN",
            Self::NotAsked { .. } => "not asked",
        }
    }

    /// Why it is not passed.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Passed => None,
            Self::Failed { why } | Self::Unknown { why } | Self::NotAsked { why } => Some(why),
        }
    }
}

/// One property of one resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// The provider's service, such as `rds`.
    pub service: String,
    /// The node it is about.
    pub node: String,
    /// What is checked, as a short sentence.
    pub what: String,
    /// What it is about.
    pub section: Section,
    /// What it came to.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// What was seen; empty if nothing was.
    pub evidence: String,
    /// The provider's call that said so, such as `DescribeDBInstances`.
    pub call: String,
}

/// What all checks came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// Every check.
    pub checks: Vec<Check>,
    /// How many questions were asked.
    pub asked: usize,
}

impl Verified {
    /// Whether nothing failed and nothing is unknown.
    pub fn is_good(&self) -> bool {
        self.troubled().next().is_none()
    }

    /// What failed or is unknown.
    pub fn troubled(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|c| matches!(c.verdict, Verdict::Failed { .. } | Verdict::Unknown { .. }))
    }

    /// How many there are with that word.
    pub fn count(&self, word: &str) -> usize {
        self.checks.iter().filter(|c| c.verdict.word() == word).count()
    }
}
