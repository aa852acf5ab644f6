//! What is kept of a node's last failure, so that it can be told later.
use crate::event::Fault;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What went wrong with a node, the last time something did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trouble {
    /// What was said, and by whom.
    #[serde(flatten)]
    pub fault: Fault,
    /// It will never be ready: the next `up` makes it anew, unless it may hold data.
    #[serde(default)]
    pub broken: bool,
    /// When.
    pub at: Timestamp,
}
