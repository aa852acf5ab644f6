//! Parts that several pipelines share, each built the same way in every pipeline.
//!
//! Nothing here depends on the pipeline; differences are passed as arguments.
use crate::{names::Names, spec::Spec};
use vidpipe_aws::Facts;

pub(crate) mod cluster;
pub(crate) mod encryption;
pub(crate) mod firewall;
pub(crate) mod network;
pub(crate) mod roles;
pub(crate) mod service_roles;
pub(crate) mod watch;

/// The inputs every part needs; `D` is the pipeline's own part of the spec.
pub(crate) struct Parts<'a, D> {
    pub(crate) spec: &'a Spec,
    pub(crate) design: &'a D,
    pub(crate) names: Names,
    pub(crate) facts: &'a Facts,
}

/// Converts a number of the spec to the width of AWS's field. The spec's ranges all fit, so nothing is truncated.
pub(crate) fn to_u16(n: u32) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}
