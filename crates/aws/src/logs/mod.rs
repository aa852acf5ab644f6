//! CloudWatch Logs: log groups.
use crate::{
    declare::{Api, AwsService, kind},
    permissions::allow,
};

mod budgets;
pub(crate) mod codes;
mod log_group;
pub(crate) mod owner;
mod retention;
mod service_log_group;
mod sweep;
pub(crate) mod verify;

pub use log_group::*;
pub use retention::*;
pub use service_log_group::*;

pub(crate) const SERVICE: AwsService = AwsService {
    name: "logs",
    apis: &[Api { sdk: "cloudwatchlogs", name: "CloudWatch Logs", codes: codes::ROWS, budgets: budgets::budgets }],
    kinds: &[kind::<LogGroup>(), kind::<ServiceLogGroup>(), kind::<Retention>()],
    probes: sweep::probes,
    sweep: &[allow(&["logs:DescribeLogGroups", "logs:ListTagsForResource"]).to_sweep()],
};
