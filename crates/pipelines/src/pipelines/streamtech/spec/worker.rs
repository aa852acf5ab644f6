//! `[worker]`: the Fargate service that processes videos.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::spec::environment;
use crate::spec::field::{Entries, Visitor};
use crate::spec::{Count, Task};

/// The Fargate service that processes videos.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Worker {
    /// The tasks of the service.
    #[serde(flatten)]
    pub task: Task,
    /// The number of tasks.
    #[serde(flatten)]
    pub count: Count,
    /// Auto-scaling target for the average CPU, in percent.
    pub cpu_target_percent: u32,
    /// User-defined environment variables, in addition to vidpipe's own.
    pub environment: BTreeMap<String, String>,
}

impl Worker {
    pub(super) fn visit(&mut self, v: &mut impl Visitor) {
        let Self { task, count, cpu_target_percent, environment } = self;
        task.visit(v);
        count.visit(1, v);
        v.field("cpu_target_percent", "Average CPU auto-scaling aims at, in percent.", &(10..=95), cpu_target_percent);
        environment::visit(&ENVIRONMENT, environment, v);
    }
}

const ENVIRONMENT: Entries = environment::rule(
    "up to 100 variables and 32 KiB; names of letters, digits and underscores, not \
     REGION, REDIS_ENDPOINT, REDIS_PORT, DB_*, ECS_* or AWS_CONTAINER_*",
    |before, name, value| {
        let ours = ["REGION", "REDIS_ENDPOINT", "REDIS_PORT"];
        environment::check(before, name, value, &ours, &["DB_", "ECS_", "AWS_CONTAINER_"])
    },
);
