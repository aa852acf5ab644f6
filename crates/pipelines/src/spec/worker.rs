//! `[worker]` of StreamTech: the Fargate service that processes videos.

use std::collections::BTreeMap;

use serde::Serialize;

use super::environment;
use super::field::Visitor;
use super::{Count, Task};

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
        environment::visit(&environment::STREAMTECH, environment, v);
    }
}
