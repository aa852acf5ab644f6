//! The plan as events carry it: the tasks, their dependencies, and the estimated duration.
use super::{Op, millis};
use crate::{graph::Name, plan::Action};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The estimated duration of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forecast {
    /// Half of the runs take at most this long, in milliseconds.
    #[serde(rename = "p50_ms", with = "millis")]
    pub p50: Duration,
    /// Nine of ten take at most this long, in milliseconds.
    #[serde(rename = "p90_ms", with = "millis")]
    pub p90: Duration,
    /// The critical path of a typical run, from its start to its end.
    pub path: Vec<Leg>,
}

/// A step of a critical path: a task, and how long the run waited for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leg {
    /// The node.
    pub node: Name,
    /// The operation.
    pub op: Op,
    /// From its start until the next step could begin, in milliseconds.
    #[serde(rename = "ms", with = "millis")]
    pub took: Duration,
}

/// A dependency of a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct After {
    /// The node.
    pub node: Name,
    /// The required point in its lifecycle.
    pub what: Point,
}

/// A point in the lifecycle of a node that other tasks wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Point {
    /// It is deleted.
    Gone,
    /// Its outputs are available.
    Known,
    /// It is ready.
    Ready,
}

/// A task of a plan, as an event carries it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// The node.
    pub node: Name,
    /// The operation.
    pub op: Op,
    /// Its kind.
    pub kind: String,
    /// The action on the node.
    pub action: Action,
    /// The usual duration of this operation, in milliseconds; for an operation an earlier run began, the remaining
    /// time.
    #[serde(rename = "ms", with = "millis")]
    pub usual: Duration,
    /// The duration that nine of ten do not exceed, in milliseconds.
    #[serde(rename = "late_ms", with = "millis", default)]
    pub late: Duration,
    /// The key of these durations: the row of the timing table, and the size where it matters.
    #[serde(default)]
    pub timing: String,
    /// The dependencies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<After>,
}
