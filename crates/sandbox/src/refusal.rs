//! A refusal by AWS.

use serde_json::Value;

/// A refusal by AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The error code, as on the wire.
    pub(crate) code: String,
    pub(crate) message: String,
    /// Fields beside code and message, for errors of JSON services; else null.
    pub(crate) details: Value,
    /// The HTTP status, where it is not the default of a refused request.
    pub(crate) status: Option<u16>,
}

impl Refusal {
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), details: Value::Null, status: None }
    }

    /// Sets the HTTP status.
    pub(crate) fn status(self, status: u16) -> Self {
        Self { status: Some(status), ..self }
    }

    /// Sets additional fields.
    pub(crate) fn with(self, details: Value) -> Self {
        Self { details, ..self }
    }
}
