//! Derives the call of an error from the name of its type: `aws_sdk_ec2::operation::create_vpc::CreateVpcError`.
//!
//! The SDK has one such type for each operation, so four hundred callers need not name the call. The type is known
//! even without an answer. A test checks the derived names for every service.
use crate::services;
use std::{any::type_name, fmt};

/// A service and one of its actions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    /// The SDK's name of the service; empty if vidpipe does not use it.
    pub(super) service: &'static str,
    pub(super) action: String,
}

impl Call {
    /// The call whose error type is `E`.
    pub(super) fn of<E>() -> Self {
        Self::named(type_name::<E>())
    }

    fn named(name: &str) -> Self {
        let sdk = name.split("::").next().and_then(|first| first.strip_prefix("aws_sdk_")).unwrap_or_default();
        let last = name.rsplit("::").next().unwrap_or_default();
        let service = services::apis().find(|api| api.sdk == sdk).map_or("", |api| api.name);
        Self { service, action: last.strip_suffix("Error").unwrap_or(last).to_owned() }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(format!("{} {}", self.service, self.action).trim())
    }
}
