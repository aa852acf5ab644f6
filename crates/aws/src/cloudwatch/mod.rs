//! CloudWatch: alarms.
use crate::{
    declare::{Api, AwsService, kind},
    permissions::allow,
};

mod alarm;
mod batched;
mod budgets;
pub(crate) mod codes;
pub(crate) mod owner;
mod sweep;
pub(crate) mod verify;

pub use alarm::*;

pub(crate) const SERVICE: AwsService = AwsService {
    name: "cloudwatch",
    apis: &[Api { sdk: "cloudwatch", name: "CloudWatch", codes: codes::ROWS, budgets: budgets::budgets }],
    kinds: &[kind::<Alarm>()],
    probes: sweep::probes,
    sweep: &[allow(&["cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource"]).to_sweep()],
};
