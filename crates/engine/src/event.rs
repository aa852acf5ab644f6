//! What happened, in order: one closed list. Reporters fold these; nothing flows back.
use crate::{Error, graph::Name, sweep::Swept};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

mod millis;
mod planned;

pub use planned::{After, Forecast, Leg, Planned, Point};

/// The version of the event stream; it grows when a reader of the old one would misread the new one.
pub const SCHEMA: u32 = 1;

/// Which half of a node's life a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Half {
    /// Make it go.
    Remove,
    /// Make it be as wanted.
    Ensure,
}

/// What went wrong, as an event carries it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What was being done, and what was said.
    pub message: String,
    /// The provider's service and its action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// The provider's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The provider's request id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// What to do next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Fault {
    /// Whose words they are: the service and its action, its code, the request. `None` of what no provider said.
    pub fn whose(&self) -> Option<String> {
        let request = self.request_id.iter().map(|id| format!("request {id}"));
        let facts: Vec<String> = self.call.iter().chain(&self.code).cloned().chain(request).collect();
        (!facts.is_empty()).then(|| facts.join(", "))
    }

    /// What was said, and whose words they are, in one line.
    pub fn told(&self) -> String {
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

/// One thing that happened.
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
        /// Whether it runs against an endpoint that keeps its own time, such as an emulator: nothing is learned from that.
        #[serde(default, skip_serializing_if = "is_false")]
        elsewhere: bool,
    },
    /// What will be done, task by task; nodes that stay as they are are not listed.
    Planned {
        /// Every task, with its node's kind, what is done to the node, and how long that usually takes.
        tasks: Vec<Planned>,
        /// How many nodes stay as they are.
        kept: usize,
    },
    /// How long the run is likely to take, computed by running the plan on a virtual clock.
    Forecast(Forecast),
    /// A task begins.
    Started {
        /// The node.
        node: Name,
        /// Which half.
        half: Half,
    },
    /// A task waits for the provider, and the provider's words changed.
    Waiting {
        /// The node.
        node: Name,
        /// Which half.
        half: Half,
        /// The service's own words.
        why: String,
    },
    /// The values of a node can be read, though it is not ready: what needs no more than them may begin.
    Known {
        /// The node.
        node: Name,
    },
    /// A call to the provider was answered, or came to nothing.
    Called {
        /// The node.
        node: Name,
        /// Which half.
        half: Half,
        /// The service and its action.
        call: String,
        /// How long the answer took, in milliseconds.
        #[serde(rename = "ms", with = "millis")]
        took: Duration,
    },
    /// A task waits for its turn at an API with a call budget.
    Queued {
        /// The node.
        node: Name,
        /// Which half.
        half: Half,
        /// Which budget.
        budget: String,
        /// For how long, in milliseconds.
        #[serde(rename = "ms", with = "millis")]
        pause: Duration,
    },
    /// A task waits for its turn to look, of which a run has a few each second, for more than a moment. Only the history
    /// has these.
    InLine {
        /// The node.
        node: Name,
        /// Which half.
        half: Half,
    },
    /// A call failed and will be made again.
    Retrying {
        /// The node.
        node: Name,
        /// Which half.
        half: Half,
        /// What failed.
        error: Fault,
        /// After how long, in milliseconds.
        #[serde(rename = "ms", with = "millis")]
        pause: Duration,
        /// For how long it will be made again at most, in milliseconds, where that is less than the deadline.
        #[serde(rename = "left_ms", with = "millis::maybe", default, skip_serializing_if = "Option::is_none")]
        left: Option<Duration>,
    },
    /// A task is done.
    Finished {
        /// The node.
        node: Name,
        /// Which half.
        half: Half,
        /// Whether anything was changed.
        changed: bool,
        /// How long it took, in milliseconds.
        #[serde(rename = "ms", with = "millis")]
        took: Duration,
        /// Of that, what the provider itself took: from its answer to the create or delete call until the node was seen
        /// ready or gone, in milliseconds. `None` where neither was asked for.
        #[serde(rename = "waited_ms", with = "millis::maybe", default, skip_serializing_if = "Option::is_none")]
        waited: Option<Duration>,
    },
    /// What is recorded of a node is gone, and another lineage has a thing where it was: that is left alone, and not waited
    /// for.
    Theirs {
        /// The node.
        node: Name,
        /// Which half.
        half: Half,
        /// The provider's name for it.
        id: String,
        /// The lineage of what is gone.
        ours: String,
        /// The lineage of what is there.
        theirs: String,
    },
    /// A task failed.
    Failed {
        /// The node.
        node: Name,
        /// Which half.
        half: Half,
        /// What failed.
        error: Fault,
    },
    /// A task was not begun, because another failed.
    Skipped {
        /// The node.
        node: Name,
        /// Which half.
        half: Half,
        /// The node that failed.
        because: Name,
    },
    /// No new calls are made.
    Stopping {
        /// Why not.
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
    /// After everything was removed, it is asked what is still there.
    Sweeping {
        /// What is looked at, or waited for.
        why: String,
    },
    /// What is still there.
    Swept(Swept),
}

/// Why a run stops before its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Halt {
    /// The user asked for it, or no call will be heard any more.
    #[default]
    Asked,
    /// The deadline is near, and what is left does not fit before it.
    Deadline,
}

/// Whoever shows or keeps what happened.
pub trait Report {
    /// Something happened, at that time.
    fn on(&mut self, at: Timestamp, event: &Event);
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_false(b: &bool) -> bool {
    !*b
}
