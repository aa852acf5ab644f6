//! The transitions of a node; `State::apply` defines which are legal in which phase.
use crate::{event::Fault, graph::Edge, resource::PhysicalId, state::Token};
use serde_json::Value;

/// A transition of a node.
#[derive(Clone, Debug, PartialEq)]
pub enum Transition {
    /// It is about to be created.
    WillCreate {
        /// Its kind.
        kind: String,
        /// The specification of the resource.
        spec: Value,
        /// Its dependencies.
        edges: Vec<Edge>,
    },
    /// The provider refused permanently.
    Refused {
        /// The error.
        why: Fault,
    },
    /// It exists.
    Created {
        /// Its physical id.
        id: PhysicalId,
    },
    /// Its outputs are available.
    Known {
        /// The outputs.
        known: Value,
    },
    /// It is usable.
    Became {
        /// The outputs other nodes may use.
        output: Value,
    },
    /// It is about to be updated.
    WillUpdate {
        /// The new specification.
        spec: Value,
        /// Its new dependencies.
        edges: Vec<Edge>,
    },
    /// The update was requested.
    Updated,
    /// Only its dependencies change.
    Rewired {
        /// Its dependencies.
        edges: Vec<Edge>,
    },
    /// Its deletion is about to be requested.
    WillDelete {
        /// Its physical id.
        id: PhysicalId,
    },
    /// It was considered deleted, or was never recorded, and was found: it is to be removed.
    Found {
        /// Its kind.
        kind: String,
        /// The specification of the resource.
        spec: Value,
        /// Its dependencies.
        edges: Vec<Edge>,
        /// The token of the intent under which it was created.
        token: Token,
        /// Its physical id.
        id: PhysicalId,
    },
    /// It is deleted.
    Gone,
    /// It no longer exists, although this run did not request its deletion. If it is found again, it may still hold
    /// data.
    Vanished,
    /// It is deleted, and its name or id belongs to another owner now: nothing of ours can be found there again.
    Theirs,
    /// An operation failed; the phase stays the same.
    Failed {
        /// The error.
        why: Fault,
        /// Whether it will never become ready.
        broken: bool,
    },
}
