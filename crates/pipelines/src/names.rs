//! The names of things: every physical name contains the suffix, and what is named account-wide the region too.
use crate::suffix::Suffix;

/// Makes the names of one environment.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    suffix: String,
    region: String,
}

impl Names {
    /// The names of that environment.
    pub(crate) fn new(suffix: &Suffix, region: &str) -> Self {
        Self { suffix: suffix.to_string(), region: region.into() }
    }

    /// `{what}-{suffix}`: for names that are unique within a region.
    pub(crate) fn of(&self, what: &str) -> String {
        format!("{what}-{}", self.suffix)
    }

    /// `{what}-{suffix}-{region}`: for names that are unique within an account, such as IAM's.
    pub(crate) fn account_wide(&self, what: &str) -> String {
        format!("{what}-{}-{}", self.suffix, self.region)
    }
}
