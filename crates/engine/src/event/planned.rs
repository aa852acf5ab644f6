//! What is told before anything is done: the tasks, what waits for what, and how long it is likely to take.
use super::{Half, millis};
use crate::{graph::Name, plan::Action};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a run is likely to take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forecast {
    /// Half of the runs take at most this long, in milliseconds.
    #[serde(rename = "p50_ms", with = "millis")]
    pub p50: Duration,
    /// Nine of ten take at most this long, in milliseconds.
    #[serde(rename = "p90_ms", with = "millis")]
    pub p90: Duration,
    /// What such a run waits for, step by step from its start to its end.
    pub path: Vec<Leg>,
}

/// A step of a critical path: a task, and how long the run waited for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leg {
    /// The node.
    pub node: Name,
    /// Which half.
    pub half: Half,
    /// From its start until the next step could begin, in milliseconds.
    #[serde(rename = "ms", with = "millis")]
    pub took: Duration,
}

/// What a task waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct After {
    /// The node.
    pub node: Name,
    /// What of it.
    pub what: Point,
}

/// A point in a node's life that others wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Point {
    /// It is gone.
    Gone,
    /// Its values can be read.
    Known,
    /// It is as wanted.
    Ready,
}

/// A task of a plan, as an event carries it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// The node.
    pub node: Name,
    /// Which half.
    pub half: Half,
    /// Its kind.
    pub kind: String,
    /// What is done to the node.
    pub action: Action,
    /// How long this half usually takes, in milliseconds; of what an earlier run began, what is left of that.
    #[serde(rename = "ms", with = "millis")]
    pub usual: Duration,
    /// Nine of ten are done within this, in milliseconds.
    #[serde(rename = "late_ms", with = "millis", default)]
    pub late: Duration,
    /// What these times are told of: the row of the timing table, and the size where it matters.
    #[serde(default)]
    pub timing: String,
    /// What it waits for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<After>,
}
