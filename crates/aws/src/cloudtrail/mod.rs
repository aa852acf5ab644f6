//! CloudTrail: trails.
use crate::{
    declare::{Api, AwsService, kind},
    permissions::allow,
};

mod budgets;
pub(crate) mod codes;
pub(crate) mod owner;
mod sweep;
mod trail;
mod trail_logging;
pub(crate) mod verify;

pub use trail::*;
pub use trail_logging::*;

pub(crate) const SERVICE: AwsService = AwsService {
    name: "cloudtrail",
    apis: &[Api { sdk: "cloudtrail", name: "CloudTrail", codes: codes::ROWS, budgets: budgets::budgets }],
    kinds: &[kind::<Trail>(), kind::<TrailLogging>()],
    probes: sweep::probes,
    sweep: &[allow(&["cloudtrail:ListTags", "cloudtrail:ListTrails"]).to_sweep()],
};
