//! Maps AWS errors to the engine's classes: one table per service, in its folder, and a small common table here.
//!
//! Rows that match the message take precedence over rows that match the code alone; among each, the service's rows
//! take precedence over the common ones. If no row matches, the form of the code decides, then the HTTP status. A new
//! code is added to a row of its service.
use std::time::Duration;
use vidpipe_engine::Class;

mod common;
mod kinds;
mod quotas;
mod young;

pub(crate) use common::{NO_ADDRESS, SERVICE_ROLE, speaks_of_throttling};
pub(crate) use quotas::quota;

/// An error answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Refusal<'a> {
    /// The service, as the SDK names it: `EC2`, `API Gateway`.
    pub service: &'a str,
    /// The API's action: `CreateVpc`.
    pub action: &'a str,
    /// AWS's error code; empty if the answer has none, or none that can be read.
    pub code: &'a str,
    /// AWS's message.
    pub message: &'a str,
    /// The HTTP status.
    pub status: u16,
}

/// The meaning of a refusal: its class, and how to proceed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// The class.
    pub class: Class,
    /// The class once every resource involved is old enough to be visible.
    pub otherwise: Option<Class>,
    /// How long the refusal is known to last, where that differs from its class.
    pub patience: Option<Duration>,
    /// A hint for the user, where it differs from that of the class.
    pub hint: Option<&'static str>,
}

impl Meaning {
    const fn of(class: Class) -> Self {
        Self { class, otherwise: None, patience: None, hint: None }
    }
}

impl From<Class> for Meaning {
    fn from(class: Class) -> Self {
        Self::of(class)
    }
}

/// The meaning of a refusal by the rows of its service and the common ones. Every refusal has a class: an unlisted
/// error is `Unrecognized`.
pub(crate) fn meaning(own: &[Row], of: &Refusal<'_>) -> Meaning {
    let rows = || own.iter().chain(common::ROWS).filter(|row| row.is_of(of));
    let row = rows().find(|row| !row.says.is_empty()).or_else(|| rows().next());
    let means = row.map_or_else(|| Meaning::of(kinds::class(of.code, of.status)), |row| row.means);
    young::perhaps(means, of.message)
}

/// Seconds a service needs for resources it creates itself at its first use, and for work it finishes after it
/// reports success. Public reports speak of minutes at least.
pub(crate) const MINUTES: u64 = 300;

/// A row of a table.
pub(crate) struct Row {
    means: Meaning,
    /// The code is one of these. Empty matches any code.
    pub(crate) codes: &'static [&'static str],
    /// The message contains one of these. Empty matches any message.
    pub(crate) says: &'static [&'static str],
    /// The action begins with one of these. Empty matches any action.
    pub(crate) to: &'static [&'static str],
}

pub(crate) const fn row(class: Class, codes: &'static [&'static str]) -> Row {
    Row { means: Meaning::of(class), codes, says: &[], to: &[] }
}

impl Row {
    /// Matches only messages that contain one of these.
    pub(crate) const fn saying(self, says: &'static [&'static str]) -> Self {
        Self { says, ..self }
    }

    /// Matches only actions that begin with one of these.
    pub(crate) const fn to(self, to: &'static [&'static str]) -> Self {
        Self { to, ..self }
    }

    /// Sets the class once every resource involved is old enough to be visible.
    pub(crate) const fn otherwise(self, class: Class) -> Self {
        Self { means: Meaning { otherwise: Some(class), ..self.means }, ..self }
    }

    /// Keeps the class regardless of the message.
    pub(crate) const fn settled(self) -> Self {
        let class = self.means.class;
        self.otherwise(class)
    }

    /// Sets how long it is known to last, regardless of the age of resources.
    pub(crate) const fn lasting(self, seconds: u64) -> Self {
        Self { means: Meaning { patience: Some(Duration::from_secs(seconds)), ..self.means }, ..self }
    }

    /// Sets the hint.
    pub(crate) const fn hint(self, hint: &'static str) -> Self {
        Self { means: Meaning { hint: Some(hint), ..self.means }, ..self }
    }

    fn is_of(&self, refusal: &Refusal<'_>) -> bool {
        let code = bare(refusal.code);
        (self.codes.is_empty() || self.codes.iter().any(|c| bare(c) == code))
            && (self.says.is_empty() || self.says.iter().any(|words| refusal.message.contains(words)))
            && (self.to.is_empty() || self.to.iter().any(|verb| refusal.action.starts_with(verb)))
    }
}

/// An error has several spellings, by protocol and by age of its service: `DBInstanceNotFound` is
/// `DBInstanceNotFoundFault`.
pub(crate) fn bare(code: &str) -> &str {
    let mut code = code.strip_prefix("AWS.SimpleQueueService.").unwrap_or(code);
    while let Some(shorter) = ["Exception", "Fault", "Error"].iter().find_map(|suffix| code.strip_suffix(suffix)) {
        code = shorter;
    }
    code
}
