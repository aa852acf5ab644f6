//! Physical names: every name contains the suffix, and an account-wide name also contains the region.
use crate::suffix::Suffix;

/// Generates the physical names of one environment.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    prefix: &'static str,
    suffix: String,
    region: String,
}

impl Names {
    /// The names of an environment; all of them start with `prefix`.
    pub(crate) fn new(prefix: &'static str, suffix: &Suffix, region: &str) -> Self {
        Self { prefix, suffix: suffix.to_string(), region: region.into() }
    }

    /// `{prefix}{what}-{suffix}`: for names that are unique within a region.
    pub(crate) fn of(&self, what: &str) -> String {
        format!("{}{what}-{}", self.prefix, self.suffix)
    }

    /// `{prefix}{what}-{suffix}-{region}`: for names that are unique within an account, such as IAM's.
    pub(crate) fn account_wide(&self, what: &str) -> String {
        format!("{}-{}", self.of(what), self.region)
    }

    /// `{prefix}{what}-{suffix}-{account}-{region}`: for globally unique names, such as S3's.
    pub(crate) fn worldwide(&self, what: &str, account: &str) -> String {
        format!("{}-{account}-{}", self.of(what), self.region)
    }
}
