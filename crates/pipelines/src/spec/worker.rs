//! `[worker]` of StreamTech: the Fargate service that processes videos.

use std::collections::BTreeMap;

use serde::Serialize;

use super::environment;
use super::field::Visitor;
use super::{Count, Task};

/// The Fargate service that processes videos.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Worker {
    /// What its tasks are.
    #[serde(flatten)]
    pub task: Task,
    /// How many there are.
    #[serde(flatten)]
    pub count: Count,
    /// Average CPU that auto-scaling aims at, in percent.
    pub cpu_target_percent: u32,
    /// Environment variables besides the ones vidpipe sets.
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
