//! `[worker]` and `[api]`: the two Fargate services and what stands in front of them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::field::{Any, OneOf, Text, Visitor};
use super::rules::{self, Words};
use super::{environment, setting::Setting};

/// Fargate CPU sizes, in CPU units of 1/1024 vCPU.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html>
const CPU: OneOf = OneOf(&[256, 512, 1024, 2048, 4096, 8192, 16384]);

/// Tasks of one service; the quota of an ECS service is 5000, but so many would be a slip.
const TASKS: std::ops::RangeInclusive<u32> = 1..=1000;

const IMAGE: Text =
    Text { allowed: "an image reference, such as registry/name:tag or name@sha256:digest", check: rules::image };

const IMAGE_ABOUT: &str = "Container image.";
const COMMAND_ABOUT: &str = "Command of the container; empty means the image's own.";
const CPU_ABOUT: &str = "CPU of a task, in units of 1/1024 vCPU.";
const MEMORY_ABOUT: &str = "Memory of a task, in MiB; which sizes there are depends on cpu.";

/// The Fargate service that processes videos.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Worker {
    /// Container image.
    pub image: String,
    /// Command of the container; empty means the image's own.
    pub command: Vec<String>,
    /// CPU of a task in units of 1/1024 vCPU.
    pub cpu: u32,
    /// Memory of a task in MiB.
    pub memory_mib: u32,
    /// Tasks the service starts with.
    pub desired: u32,
    /// Fewest tasks auto-scaling may leave.
    pub min: u32,
    /// Most tasks auto-scaling may start.
    pub max: u32,
    /// Average CPU that auto-scaling aims at, in percent.
    pub cpu_target_percent: u32,
    /// Environment variables besides the ones vidpipe sets.
    pub environment: BTreeMap<String, String>,
}

impl Worker {
    pub(super) fn visit(&mut self, v: &mut impl Visitor) {
        let Self { image, command, cpu, memory_mib, desired, min, max, cpu_target_percent, environment } = self;
        v.field("image", IMAGE_ABOUT, &IMAGE, image);
        v.field("command", COMMAND_ABOUT, &Words, command);
        v.field("cpu", CPU_ABOUT, &CPU, cpu);
        v.field("memory_mib", MEMORY_ABOUT, &(512..=122_880), memory_mib);
        v.field("desired", "Tasks the service starts with.", &TASKS, desired);
        v.field("min", "Fewest tasks auto-scaling may leave.", &TASKS, min);
        v.field("max", "Most tasks auto-scaling may start.", &TASKS, max);
        v.field("cpu_target_percent", "Average CPU auto-scaling aims at, in percent.", &(10..=95), cpu_target_percent);
        environment::visit(environment, v);
    }
}

/// The Fargate service behind API Gateway, and API Gateway itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Api {
    /// Container image.
    pub image: String,
    /// Command of the container; empty means the image's own.
    pub command: Vec<String>,
    /// CPU of a task in units of 1/1024 vCPU.
    pub cpu: u32,
    /// Memory of a task in MiB.
    pub memory_mib: u32,
    /// Tasks of the service.
    pub desired: u32,
    /// TCP port the container listens on.
    pub port: u16,
    /// Name of the API Gateway stage; part of every URL.
    pub stage: String,
    /// Requests per second of the stage.
    pub throttle_rate: f64,
    /// Requests the stage lets through at once.
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
        let Self { image, command, cpu, memory_mib, desired, port, .. } = self;
        v.field("image", IMAGE_ABOUT, &IMAGE, image);
        v.field("command", COMMAND_ABOUT, &Words, command);
        v.field("cpu", CPU_ABOUT, &CPU, cpu);
        v.field("memory_mib", MEMORY_ABOUT, &(512..=122_880), memory_mib);
        v.field("desired", "Tasks of the service.", &TASKS, desired);
        v.field("port", "TCP port the container listens on.", &(1..=65535), port);
        self.visit_gateway(v);
    }

    fn visit_gateway(&mut self, v: &mut impl Visitor) {
        // No `..`: a new field must be given to a visitor here or above.
        let Self {
            image: _,
            command: _,
            cpu: _,
            memory_mib: _,
            desired: _,
            port: _,
            stage,
            throttle_rate,
            throttle_burst,
            usage_plan_rate,
            usage_plan_burst,
            account_logging_role,
        } = self;
        let stage_rule = Text { allowed: "1 to 128 letters, digits, hyphens and underscores", check: rules::stage };
        v.field("stage", "API Gateway stage; part of every URL.", &stage_rule, stage);
        // The account's own limits are 10000 a second and 5000 at once.
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

/// Memory sizes of a Fargate task of so many CPU units, as first, last and step in MiB.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html>
pub(super) fn memory_sizes(cpu: u32) -> Option<Vec<u32>> {
    let (first, last, step) = match cpu {
        256 => return Some(vec![512, 1024, 2048]),
        512 => (1024, 4096, 1024),
        1024 => (2048, 8192, 1024),
        2048 => (4096, 16_384, 1024),
        4096 => (8192, 30_720, 1024),
        8192 => (16_384, 61_440, 4096),
        16_384 => (32_768, 122_880, 8192),
        _ => return None,
    };
    Some((first..=last).step_by(step).collect())
}

/// The memory sizes in words.
pub(super) fn memory_words(cpu: u32, sizes: &[u32]) -> String {
    match sizes {
        [first, second, .., last] if cpu != 256 => {
            format!("{} to {} in steps of {}", first.toml(), last.toml(), second - first)
        }
        sizes => {
            let all: Vec<String> = sizes.iter().map(u32::to_string).collect();
            format!("one of {}", all.join(", "))
        }
    }
}
