//! The last failure of a node, kept so that it can be reported later.
use crate::event::Fault;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The last failure of a node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trouble {
    /// The error and its source.
    #[serde(flatten)]
    pub fault: Fault,
    /// It will never become ready: the next `up` recreates it, unless it may hold data.
    #[serde(default)]
    pub broken: bool,
    /// When it failed.
    pub at: Timestamp,
}
