//! What a run may lose for good: nothing, unless somebody said so by name.
use crate::{
    Class, Error,
    graph::Name,
    state::{Entry, Phase},
};
use std::collections::BTreeSet;

/// Whose data may be lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Consent {
    /// That of these nodes only.
    To(BTreeSet<Name>),
    /// Everything goes, and that was asked for.
    Everything,
}

impl Default for Consent {
    fn default() -> Self {
        Self::To(BTreeSet::new())
    }
}

impl Consent {
    /// Whether what that node holds may be lost.
    pub fn covers(&self, node: &Name) -> bool {
        match self {
            Self::To(nodes) => nodes.contains(node),
            Self::Everything => true,
        }
    }
}

impl Entry {
    /// What is lost for good if this goes, of a kind that loses that: nothing of what was never ready.
    pub fn loses(&self, loses: Option<&'static str>) -> Option<&'static str> {
        loses.filter(|_| !self.never_ready)
    }

    /// Whether losing that needs a consent of its own. What an earlier run was allowed to remove, and began to, does not.
    pub(crate) fn needs_consent(&self, loses: Option<&'static str>) -> bool {
        self.loses(loses).is_some() && !matches!(self.phase, Phase::Deleting { .. })
    }

    /// Whether it is made anew because it will never be ready. What may hold data is not: somebody has to mend it.
    pub(crate) fn is_hopeless(&self, loses: Option<&'static str>) -> bool {
        self.is_broken() && self.loses(loses).is_none()
    }
}

/// What holds data was to go, and nobody said that it may.
pub(crate) fn unconsented(node: &Name, loses: &str) -> Error {
    Error::new(Class::Invalid, format!("remove or replace {node}: this loses {loses}, and nobody allowed that"))
        .hint(format!("it is left as it is; if that may be lost, add --allow-data-loss {node}"))
}
