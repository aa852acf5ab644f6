//! `[api]`: the Fargate service behind API Gateway, and API Gateway itself.

use serde::Serialize;

use crate::spec::Task;
use crate::spec::containers::TASKS;
use crate::spec::field::{Any, Text, Visitor};
use crate::spec::rules;

/// The Fargate service behind API Gateway, and API Gateway itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Api {
    /// The tasks of the service.
    #[serde(flatten)]
    pub task: Task,
    /// Number of tasks.
    pub desired: u32,
    /// TCP port the container listens on.
    pub port: u16,
    /// Name of the API Gateway stage; part of every URL.
    pub stage: String,
    /// Requests per second the stage accepts.
    pub throttle_rate: f64,
    /// Requests the stage accepts at once.
    pub throttle_burst: u32,
    /// Requests per second of one API key.
    pub usage_plan_rate: f64,
    /// Requests one API key may send at once.
    pub usage_plan_burst: u32,
    /// Whether to set the CloudWatch role of API Gateway, which the whole account shares.
    pub account_logging_role: bool,
}

impl Api {
    pub(super) fn visit(&mut self, v: &mut impl Visitor) {
        let Self {
            task,
            desired,
            port,
            stage,
            throttle_rate,
            throttle_burst,
            usage_plan_rate,
            usage_plan_burst,
            account_logging_role,
        } = self;
        task.visit(v);
        v.field("desired", "Tasks of the service.", &TASKS, desired);
        v.field("port", "TCP port the container listens on.", &(1..=65535), port);
        let stage_rule = Text { allowed: "1 to 128 letters, digits, hyphens and underscores", check: rules::stage };
        v.field("stage", "API Gateway stage; part of every URL.", &stage_rule, stage);
        // The account's own limits are 10000 per second and 5000 at once.
        let (rate, burst) = (0.1..=10_000.0, 1..=5_000);
        v.field("throttle_rate", "Requests per second of the stage.", &rate, throttle_rate);
        v.field("throttle_burst", "Requests the stage takes at once.", &burst, throttle_burst);
        v.field("usage_plan_rate", "Requests per second of one API key.", &rate, usage_plan_rate);
        v.field("usage_plan_burst", "Requests one key may send at once.", &burst, usage_plan_burst);
        v.field(
            "account_logging_role",
            "Set API Gateway's CloudWatch role. It belongs to the whole account and region, not \
             to this pipeline.",
            &Any,
            account_logging_role,
        );
    }
}
