//! Settings that every Fargate service has: its tasks and their number.

use serde::Serialize;

use super::field::{OneOf, Text, Visitor};
use super::rules::{self, Words};
use super::setting::Setting;

/// Fargate CPU sizes, in CPU units of 1/1024 vCPU.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html>
const CPU: OneOf = OneOf(&[256, 512, 1024, 2048, 4096, 8192, 16384]);

/// Number of tasks of one service. The quota of an ECS service is 5000; more than 1000 is assumed to be a mistake.
pub(crate) const TASKS: std::ops::RangeInclusive<u32> = 1..=1000;

/// A container image reference.
pub(crate) const IMAGE: Text =
    Text { allowed: "an image reference, such as registry/name:tag or name@sha256:digest", check: rules::image };

/// The tasks of a service.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Task {
    /// Container image.
    pub image: String,
    /// Command of the container; empty means the image's own.
    pub command: Vec<String>,
    /// CPU of a task in units of 1/1024 vCPU.
    pub cpu: u32,
    /// Memory of a task in MiB.
    pub memory_mib: u32,
}

impl Task {
    pub(crate) fn visit(&mut self, v: &mut impl Visitor) {
        let Self { image, command, cpu, memory_mib } = self;
        v.field("image", "Container image.", &IMAGE, image);
        v.field("command", "Command of the container; empty means the image's own.", &Words, command);
        v.field("cpu", "CPU of a task, in units of 1/1024 vCPU.", &CPU, cpu);
        let about = "Memory of a task, in MiB; which sizes there are depends on cpu.";
        v.field("memory_mib", about, &(512..=122_880), memory_mib);
    }
}

/// The number of tasks of a service.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Count {
    /// Tasks the service starts with.
    pub desired: u32,
    /// Minimum number of tasks for auto-scaling.
    pub min: u32,
    /// Maximum number of tasks for auto-scaling.
    pub max: u32,
}

impl Count {
    /// `least`: the minimum number of tasks, 0 if the service may scale to none.
    pub(crate) fn visit(&mut self, least: u32, v: &mut impl Visitor) {
        let (Self { desired, min, max }, any) = (self, least..=*TASKS.end());
        v.field("desired", "Tasks the service starts with.", &any, desired);
        v.field("min", "Fewest tasks auto-scaling may leave.", &any, min);
        v.field("max", "Most tasks auto-scaling may start.", &TASKS, max);
    }
}

/// Memory sizes of a Fargate task with that many CPU units, in MiB.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html>
pub(crate) fn memory_sizes(cpu: u32) -> Option<Vec<u32>> {
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

/// Describes the memory sizes in words.
pub(crate) fn memory_words(cpu: u32, sizes: &[u32]) -> String {
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
