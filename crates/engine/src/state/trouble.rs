//! What is kept of a node's last failure, so that it can be told later.
use crate::event::Fault;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What went wrong with a node, the last time something did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trouble {
    /// What was said.
    pub why: String,
    /// The provider's service and its action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// The provider's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The provider's request id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// It will never be ready: the next `up` makes it anew, unless it may hold data.
    #[serde(default)]
    pub broken: bool,
    /// When.
    pub at: Timestamp,
}

impl Trouble {
    pub(super) fn new(of: Fault, broken: bool, at: Timestamp) -> Self {
        let Fault { message: why, call, code, request_id, hint } = of;
        Self { why, call, code, request_id, hint, broken, at }
    }
}
