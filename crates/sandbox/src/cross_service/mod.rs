//! What several services share: network interfaces, the network and the roles as other services see them, and
//! service-linked roles.
//!
//! It must not import a service.

pub(crate) mod interfaces;
pub(crate) mod linked_roles;
pub(crate) mod network;
pub(crate) mod principals;
