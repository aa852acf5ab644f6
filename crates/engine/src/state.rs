//! The recorded state, and its only legal transitions.
use crate::{
    Class, Clock, Error, Result,
    event::Op,
    graph::{Edge, Name, Outputs},
    resource::PhysicalId,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{collections::BTreeMap, time::Duration};

mod token;
mod transition;
mod trouble;
pub use token::Token;
pub use transition::Transition;
pub use trouble::Trouble;

/// The newest format of the state that this build can read; it writes this one.
pub const FORMAT: u32 = 1;

/// The environment a state belongs to. It never changes after the first save.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// The pipeline's name.
    pub pipeline: String,
    /// The environment's suffix.
    pub suffix: String,
    /// The provider's account.
    pub account: String,
    /// The provider's region.
    pub region: String,
    /// A random id generated once per environment; a tag on every resource, and part of every token.
    pub lineage: String,
}

/// The phase of a node's lifecycle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "snake_case")]
pub enum Phase {
    /// The create call is about to be sent, or was sent without a response: find the resource before calling again.
    Creating {
        /// The provider refused permanently: nothing was created, so no need to search.
        #[serde(default)]
        refused: bool,
    },
    /// It exists; it is not ready.
    Waiting {
        /// Its physical id.
        id: PhysicalId,
        /// The outputs that are already available.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        known: Option<Value>,
    },
    /// It is usable.
    Ready {
        /// Its physical id.
        id: PhysicalId,
        /// The outputs other nodes may use.
        output: Value,
    },
    /// The update call is about to be sent, or was sent: repeat it.
    Updating {
        /// Its physical id.
        id: PhysicalId,
    },
    /// The delete call is about to be sent, or was sent: repeat it.
    Deleting {
        /// Its physical id.
        id: PhysicalId,
    },
}

impl Phase {
    /// The physical id, once it is known.
    pub fn id(&self) -> Option<&PhysicalId> {
        match self {
            Self::Creating { .. } => None,
            Self::Waiting { id, .. } | Self::Updating { id } | Self::Ready { id, .. } | Self::Deleting { id } => {
                Some(id)
            }
        }
    }

    /// The outputs other nodes may use now.
    pub fn output(&self) -> Option<&Value> {
        match self {
            Self::Ready { output, .. } => Some(output),
            Self::Waiting { known, .. } => known.as_ref(),
            _ => None,
        }
    }

    /// The phase in one word.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Creating { .. } => "creating",
            Self::Waiting { .. } => "waiting",
            Self::Ready { .. } => "ready",
            Self::Updating { .. } => "updating",
            Self::Deleting { .. } => "deleting",
        }
    }
}

/// The recorded state of a node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its kind.
    pub kind: String,
    /// The specification of the resource.
    pub spec: Value,
    /// Its dependencies.
    pub edges: Vec<Edge>,
    /// The token of the intent under which it was created.
    pub token: Token,
    /// The phase of its lifecycle.
    #[serde(flatten)]
    pub phase: Phase,
    /// When it entered this phase.
    pub since: Timestamp,
    /// The last error, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<Trouble>,
    /// It has not been ready yet, so it cannot hold data. If the field is missing from the file, it counts as having
    /// been ready.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub never_ready: bool,
}

impl Entry {
    /// Whether it is recorded as broken: it will never become ready.
    pub fn is_broken(&self) -> bool {
        self.trouble.as_ref().is_some_and(|t| t.broken)
    }

    /// How long that operation has been in progress; zero if it is not, or has failed.
    pub(crate) fn going_on(&self, op: Op, clock: Clock) -> Duration {
        let goes = match (&self.phase, op) {
            (Phase::Deleting { .. }, Op::Remove) => self.trouble.is_none(),
            (Phase::Creating { refused, .. }, Op::Ensure) => !refused,
            (Phase::Waiting { .. } | Phase::Updating { .. }, Op::Ensure) => !self.is_broken(),
            _ => false,
        };
        if goes { clock.since(self.since) } else { Duration::ZERO }
    }
}

/// The recorded state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The format of this file.
    pub format: u32,
    /// The version of the tool that wrote it.
    pub tool: String,
    /// The environment it belongs to.
    #[serde(flatten)]
    pub env: Environment,
    /// The number of transitions; it only grows.
    pub serial: u64,
    /// The number of runs that took the state, where runs of several machines share it: no state that was saved before
    /// the last of them replaces a later one. Zero in a folder, where the kernel's lock does that.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub epoch: u64,
    /// When the environment was first created.
    pub created: Timestamp,
    /// Values queried from the provider once, which must not change during the life of an environment: zones, versions.
    #[serde(default)]
    pub facts: BTreeMap<String, Value>,
    /// The values shown to users, as of the last complete `up`.
    #[serde(default)]
    pub outputs: BTreeMap<String, String>,
    /// The nodes.
    pub entries: BTreeMap<Name, Entry>,
    /// The last entry of each removed node: a sweep checks for it once more.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub removed: BTreeMap<Name, Entry>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

impl State {
    /// An empty state of a new environment.
    pub fn new(env: Environment, tool: &str, now: Timestamp) -> Self {
        Self {
            format: FORMAT,
            tool: tool.into(),
            env,
            serial: 0,
            epoch: 0,
            created: now,
            facts: BTreeMap::new(),
            outputs: BTreeMap::new(),
            entries: BTreeMap::new(),
            removed: BTreeMap::new(),
        }
    }

    /// The available outputs of the nodes.
    pub fn known(&self) -> Outputs {
        let given = |(n, e): (&Name, &Entry)| Some((n.clone(), e.phase.output()?.clone()));
        self.entries.iter().filter_map(given).collect()
    }

    /// The lifecycle of a node. Any transition not listed is a bug in the executor, and changes nothing.
    ///
    /// # Errors
    /// When the transition is not legal in that phase.
    pub fn apply(&mut self, name: &Name, t: Transition, now: Timestamp) -> Result<()> {
        use {Phase as P, Transition as T};
        let generation = self.serial + 1;
        let made = |kind, spec, edges| {
            let token = Token::new(&self.env.lineage, name, generation);
            let phase = P::Creating { refused: false };
            Entry { kind, spec, edges, token, phase, since: now, trouble: None, never_ready: true }
        };
        let moved = |e: &mut Entry, phase| (e.phase, e.since, e.trouble) = (phase, now, None);
        let trouble = |why, broken| Some(Trouble { fault: why, broken, at: now });
        let old = self.entries.get_mut(name);
        let id = old.as_ref().and_then(|e| e.phase.id().cloned());
        let phase = old.as_ref().map(|e| e.phase.word());
        match (old, id, t) {
            (None, _, T::WillCreate { kind, spec, edges }) => {
                self.entries.insert(name.clone(), made(kind, spec, edges));
            }
            (Some(e @ Entry { phase: P::Creating { .. }, .. }), _, T::WillCreate { kind, spec, edges }) => {
                *e = made(kind, spec, edges);
            }
            (Some(e @ Entry { phase: P::Creating { .. }, .. }), _, T::Refused { why }) => {
                (e.phase, e.trouble) = (P::Creating { refused: true }, trouble(why, false));
            }
            // A resource in `Waiting` may turn out to have another id.
            (Some(e @ Entry { phase: P::Creating { .. } | P::Waiting { .. }, .. }), _, T::Created { id }) => {
                let vanished = |was: &Entry| !was.never_ready && !matches!(was.phase, P::Deleting { .. });
                let is_found_again = |was: &Entry| vanished(was) && was.phase.id() == Some(&id);
                e.never_ready &= !self.removed.get(name).is_some_and(is_found_again);
                moved(e, P::Waiting { id, known: None });
            }
            (Some(e @ Entry { phase: P::Waiting { .. }, .. }), Some(id), T::Known { known }) => {
                e.phase = P::Waiting { id, known: Some(known) };
            }
            // A ready resource with a recorded error may have been read again.
            (Some(e @ Entry { phase: P::Waiting { .. } | P::Ready { .. }, .. }), Some(id), T::Became { output }) => {
                moved(e, P::Ready { id, output });
                e.never_ready = false;
            }
            (
                Some(e @ Entry { phase: P::Waiting { .. } | P::Updating { .. } | P::Ready { .. }, .. }),
                Some(id),
                T::WillUpdate { spec, edges },
            ) => {
                (e.spec, e.edges) = (spec, edges);
                moved(e, P::Updating { id });
            }
            (Some(e @ Entry { phase: P::Updating { .. }, .. }), Some(id), T::Updated) => {
                moved(e, P::Waiting { id, known: None });
            }
            (Some(e @ Entry { phase: P::Ready { .. }, .. }), _, T::Rewired { edges }) => e.edges = edges,
            // `since` stays at the first deletion request, unless that request failed.
            (Some(e @ Entry { phase: P::Deleting { .. }, trouble: None, .. }), _, T::WillDelete { id }) => {
                e.phase = P::Deleting { id };
            }
            (Some(e), _, T::WillDelete { id }) => moved(e, P::Deleting { id }),
            (None, _, T::Found { kind, spec, edges, token, id }) => {
                self.entries
                    .insert(name.clone(), Entry { token, phase: P::Deleting { id }, ..made(kind, spec, edges) });
            }
            (Some(Entry { phase: P::Deleting { .. } | P::Creating { .. }, .. }), _, T::Gone)
            | (Some(_), Some(_), T::Vanished) => {
                self.removed.extend(self.entries.remove_entry(name));
            }
            // `removed` entries are searched for again, and this spec would lead to a resource that is not ours.
            (Some(_), Some(_), T::Theirs) => {
                self.entries.remove(name);
            }
            (Some(e), _, T::Failed { why, broken }) => e.trouble = trouble(why, broken),
            (_, _, t) => {
                let at = phase.unwrap_or("absent");
                return Err(Error::new(
                    Class::Unknown,
                    format!("record {t:?} of {name}, which is {at}: a bug in vidpipe"),
                ));
            }
        }
        self.serial = generation;
        Ok(())
    }
}
