//! Events, in order: a closed list. Reporters consume them; no data flows back.
use crate::{Error, graph::Name, sweep::Swept};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

mod millis;
mod planned;

pub use planned::{After, Forecast, Leg, Planned, Point};

/// The version of the event stream. It is incremented when a reader of the old version would misread the new one.
pub const SCHEMA: u32 = 1;

/// The operation of a task on a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// Remove the node.
    Remove,
    /// Bring the node to its desired state.
    Ensure,
}

/// An error, as an event carries it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The operation and the error message.
    pub message: String,
    /// The provider's service and its action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// The provider's error code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The provider's request id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The recommended next action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Fault {
    /// The source of the error: the service and its action, the error code, the request. `None` if it is not from a
    /// provider.
    pub fn whose(&self) -> Option<String> {
        let request = self.request_id.iter().map(|id| format!("request {id}"));
        let facts: Vec<String> = self.call.iter().chain(&self.code).cloned().chain(request).collect();
        (!facts.is_empty()).then(|| facts.join(", "))
    }

    /// The message and its source, in one line.
    pub fn to_line(&self) -> String {
        self.whose().map_or_else(|| self.message.clone(), |whose| format!("{} ({whose})", self.message))
    }
}

impl From<&Error> for Fault {
    fn from(e: &Error) -> Self {
        let owned = |text: &Option<Box<str>>| text.as_deref().map(str::to_owned);
        Self {
            message: e.message.clone(),
            call: owned(&e.call),
            code: owned(&e.code),
            request_id: owned(&e.request_id),
            hint: owned(&e.hint),
        }
    }
}

impl From<String> for Fault {
    fn from(message: String) -> Self {
        Self { message, ..Self::default() }
    }
}

impl From<&str> for Fault {
    fn from(message: &str) -> Self {
        message.to_owned().into()
    }
}

/// A single event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A run begins.
    Began {
        /// `up` or `down`.
        command: String,
        /// The pipeline.
        pipeline: String,
        /// The environment's suffix.
        suffix: String,
        /// The provider's region.
        region: String,
        /// Whether it runs against an emulated endpoint, whose timing differs: no durations are learned from it.
        #[serde(default, skip_serializing_if = "is_false")]
        emulated: bool,
    },
    /// The tasks to be done; nodes that stay unchanged are not listed.
    Planned {
        /// Every task, with the kind of its node, the action on the node, and the usual duration.
        tasks: Vec<Planned>,
        /// The number of nodes that stay unchanged.
        kept: usize,
    },
    /// The estimated duration of the run, computed by running the plan on a virtual clock.
    Forecast(Forecast),
    /// A task begins.
    Started {
        /// The node.
        node: Name,
        /// The operation.
        op: Op,
    },
    /// A task waits for the provider, and the status message changed.
    Waiting {
        /// The node.
        node: Name,
        /// The operation.
        op: Op,
        /// The status message the service returns.
        why: String,
    },
    /// The outputs of a node are available before it is ready: nodes that need only the outputs may begin.
    Known {
        /// The node.
        node: Name,
    },
    /// A call to the provider returned or failed.
    Called {
        /// The node.
        node: Name,
        /// The operation.
        op: Op,
        /// The service and its action.
        call: String,
        /// Whether the call only reads.
        #[serde(default, skip_serializing_if = "is_false")]
        reads: bool,
        /// The latency of the call, in milliseconds.
        #[serde(rename = "ms", with = "millis")]
        took: Duration,
    },
    /// A task waits for a rate-limit slot of an API with a call budget.
    Queued {
        /// The node.
        node: Name,
        /// The operation.
        op: Op,
        /// The budget.
        budget: String,
        /// The length of the wait, in milliseconds.
        #[serde(rename = "ms", with = "millis")]
        pause: Duration,
    },
    /// A task waits noticeably for a read permit, of which a run has a few each second. This event appears only in the
    /// history.
    ReadQueued {
        /// The node.
        node: Name,
        /// The operation.
        op: Op,
    },
    /// A call failed and will be retried.
    Retrying {
        /// The node.
        node: Name,
        /// The operation.
        op: Op,
        /// The error.
        error: Fault,
        /// The pause before the retry, in milliseconds.
        #[serde(rename = "ms", with = "millis")]
        pause: Duration,
        /// The longest time for which it will be retried, in milliseconds, where that is less than the deadline.
        #[serde(rename = "left_ms", with = "millis::maybe", default, skip_serializing_if = "Option::is_none")]
        left: Option<Duration>,
    },
    /// A task is done.
    Finished {
        /// The node.
        node: Name,
        /// The operation.
        op: Op,
        /// Whether anything was changed.
        changed: bool,
        /// How long it took, in milliseconds.
        #[serde(rename = "ms", with = "millis")]
        took: Duration,
        /// The part of it that the provider took: from the response to the create or delete call until the node was
        /// observed as ready or deleted, in milliseconds. `None` if neither was called.
        #[serde(rename = "waited_ms", with = "millis::maybe", default, skip_serializing_if = "Option::is_none")]
        waited: Option<Duration>,
    },
    /// The recorded resource of a node is deleted, and a resource of another lineage has its name or id. That resource
    /// is left alone, and not waited for.
    Theirs {
        /// The node.
        node: Name,
        /// The operation.
        op: Op,
        /// The provider's identifier of the resource.
        id: String,
        /// The lineage of the deleted resource.
        ours: String,
        /// The lineage of the resource that exists.
        theirs: String,
    },
    /// A task failed.
    Failed {
        /// The node.
        node: Name,
        /// The operation.
        op: Op,
        /// The error.
        error: Fault,
    },
    /// A task was not begun, because another failed.
    Skipped {
        /// The node.
        node: Name,
        /// The operation.
        op: Op,
        /// The node that failed.
        because: Name,
    },
    /// No new calls are made.
    Stopping {
        /// The reason.
        #[serde(default)]
        why: Halt,
    },
    /// A run ended.
    Ended {
        /// Tasks done.
        done: usize,
        /// Tasks that failed.
        failed: usize,
        /// Tasks not begun.
        skipped: usize,
        /// How long it took, in milliseconds.
        #[serde(rename = "ms", with = "millis")]
        took: Duration,
    },
    /// The sweep for leftovers, after everything was removed.
    Sweeping {
        /// The resources being checked, or the reason for the wait.
        why: String,
    },
    /// The result of the sweep.
    Swept(Swept),
}

/// Why a run stops before its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Halt {
    /// The user requested it, or no further call can succeed.
    #[default]
    Asked,
    /// The deadline is near, and the remaining tasks do not fit before it.
    Deadline,
}

/// A consumer of events, which displays or stores them.
pub trait Report {
    /// Handle an event that occurred at that time.
    fn on(&mut self, at: Timestamp, event: &Event);
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_false(b: &bool) -> bool {
    !*b
}
