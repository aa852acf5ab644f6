//! The account of the sandbox.

/// The account of everything in the sandbox.
pub const ACCOUNT_ID: &str = "123456789012";

/// The region in which global services keep their state, as in the `aws` partition.
pub(crate) const GLOBAL: &str = "us-east-1";
