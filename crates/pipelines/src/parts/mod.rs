//! What the pipelines are drawn from: parts that more than one of them has, each drawn the same way everywhere.
//!
//! Nothing here knows which pipeline it is drawn for; what differs is given as an argument.
use crate::{names::Names, spec::Spec};
use vidpipe_aws::Facts;

pub(crate) mod cluster;
pub(crate) mod encryption;
pub(crate) mod firewall;
pub(crate) mod network;
pub(crate) mod roles;
pub(crate) mod service_roles;
pub(crate) mod watch;

/// What every part of a drawing needs; `D` is the pipeline's own part of the spec.
pub(crate) struct Parts<'a, D> {
    pub(crate) spec: &'a Spec,
    pub(crate) own: &'a D,
    pub(crate) names: Names,
    pub(crate) facts: &'a Facts,
}

/// A number of the spec, in the width AWS's field has. The spec's ranges leave nothing to cut.
pub(crate) fn small(n: u32) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}
