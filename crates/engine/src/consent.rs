//! The data a run may lose permanently: none, unless the user consents by node name.
use crate::{
    Class, Error,
    graph::Name,
    state::{Entry, Phase},
};
use std::collections::BTreeSet;

/// The nodes whose data may be lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Only these nodes.
    To(BTreeSet<Name>),
    /// All nodes: everything is removed on request.
    Everything,
}

impl Default for Consent {
    fn default() -> Self {
        Self::To(BTreeSet::new())
    }
}

impl Consent {
    /// Whether the data of that node may be lost.
    pub fn covers(&self, node: &Name) -> bool {
        match self {
            Self::To(nodes) => nodes.contains(node),
            Self::Everything => true,
        }
    }
}

impl Entry {
    /// The data that is lost permanently if this is removed, given the data loss of its kind: none if it was never
    /// ready.
    pub fn data_loss(&self, data_loss: Option<&'static str>) -> Option<&'static str> {
        data_loss.filter(|_| !self.never_ready)
    }

    /// Whether that loss needs consent. A removal that an earlier run was allowed to begin needs none.
    pub(crate) fn needs_consent(&self, data_loss: Option<&'static str>) -> bool {
        self.data_loss(data_loss).is_some() && !matches!(self.phase, Phase::Deleting { .. })
    }

    /// Whether it is recreated because it is broken. A resource that may hold data is not: it must be repaired
    /// manually.
    pub(crate) fn is_hopeless(&self, data_loss: Option<&'static str>) -> bool {
        self.is_broken() && self.data_loss(data_loss).is_none()
    }
}

/// The error for a removal or replacement that would lose data without consent.
pub(crate) fn unconsented(node: &Name, data_loss: &str) -> Error {
    Error::new(Class::Invalid, format!("remove or replace {node}: this loses {data_loss}, and no consent was given"))
        .hint(format!("it is left as it is; if that may be lost, add --allow-data-loss {node}"))
}
