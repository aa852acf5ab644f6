//! The ways a node changes; `State::apply` says which are legal when.
use crate::{event::Fault, graph::Edge, resource::PhysicalId, state::Token};
use serde_json::Value;

/// How a node changes.
#[derive(Clone, Debug, PartialEq)]
pub enum Transition {
    /// We will ask for it.
    WillCreate {
        /// Its kind.
        kind: String,
        /// What it is made from.
        spec: Value,
        /// What it uses.
        edges: Vec<Edge>,
    },
    /// The provider said no, for good.
    Refused {
        /// What it said.
        why: Fault,
    },
    /// It exists.
    Created {
        /// Its physical id.
        id: PhysicalId,
    },
    /// Something of it can be read.
    Known {
        /// What.
        known: Value,
    },
    /// It is usable.
    Became {
        /// What others may read.
        output: Value,
    },
    /// We will ask for it to change.
    WillUpdate {
        /// Into what.
        spec: Value,
        /// What it uses then.
        edges: Vec<Edge>,
    },
    /// It was asked to change.
    Updated,
    /// Nothing of it changes but what it uses.
    Rewired {
        /// What it uses.
        edges: Vec<Edge>,
    },
    /// We will ask for it to go.
    WillDelete {
        /// Its physical id.
        id: PhysicalId,
    },
    /// It was believed gone, or was never heard of, and was found: it is to go.
    Found {
        /// Its kind.
        kind: String,
        /// What it was made from.
        spec: Value,
        /// What it used.
        edges: Vec<Edge>,
        /// The token of the intent under which it was made.
        token: Token,
        /// Its physical id.
        id: PhysicalId,
    },
    /// It is gone.
    Gone,
    /// It is not seen any more, and nobody here asked it to go. Should it be found again, it is what it was.
    Vanished,
    /// It is gone, and what is known by its name or id now is somebody else's: nothing of ours is to be found there again.
    Theirs,
    /// Something went wrong; it is where it was.
    Failed {
        /// What was said.
        why: Fault,
        /// It will never be ready.
        broken: bool,
    },
}
