//! Compares the desired graph with the recorded state: a pure function, so that `plan`, `up`, `down` and a repeated
//! `up` share one code path.
use crate::{
    Class, Consent, Error, Result,
    event::{After, Op, Planned, Point},
    graph::{Graph, Name, Node},
    pace::Timings,
    queue::Task,
    resource::{Identity, Kinds, kind_of},
    state::State,
};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};

mod steps;
mod tasks;
mod undo;
use steps::{Steps, Users, users_of};
use tasks::tasks;
pub(crate) use tasks::{Estimate, Times};
pub use undo::undo;

/// The action on a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// No action.
    Keep,
    /// Create it.
    Create,
    /// Finish an operation that an earlier run began.
    Resume,
    /// Change it in place.
    Update,
    /// Remove it and create it again.
    Replace,
    /// Remove it.
    Delete,
    /// It belongs to the account: drop it from the state, and leave it in place.
    Leave,
    /// No action, unless the outputs of its dependencies change: decided during the run.
    Decide,
    /// It had an error when it was last read, and is read again. A resource that holds data is never recreated for
    /// this.
    Recheck,
}

/// The action on a node, and the reason.
#[derive(Clone, Debug)]
pub struct Step {
    /// The node.
    pub name: Name,
    /// Its kind.
    pub kind: String,
    /// The action.
    pub action: Action,
    /// The desired spec, with values that are not known yet in symbolic form; `None` if the node is removed.
    pub spec: Option<Value>,
    /// The recorded spec, if it exists.
    pub old: Option<Value>,
    /// The dependency whose replacement causes this one.
    pub because: Option<Name>,
    /// The differing properties that cannot be changed in place and so cause the replacement.
    pub fixed: Vec<String>,
    /// The recorded error.
    pub trouble: Option<String>,
    /// The data that is lost permanently.
    pub data_loss: Option<&'static str>,
    /// Whether losing that needs an explicit [consent](crate::Consent).
    pub needs_consent: bool,
}

impl Step {
    /// A step with no further details.
    pub fn new(name: &Name, kind: &str, action: Action) -> Self {
        Self {
            name: name.clone(),
            kind: kind.into(),
            action,
            spec: None,
            old: None,
            because: None,
            fixed: Vec::new(),
            trouble: None,
            data_loss: None,
            needs_consent: false,
        }
    }
}

/// A key of the queue.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// An operation on a node.
    Op(Op, Name),
    /// The milestone at which the outputs of a node are available.
    Known(Name),
}

/// The nodes that need a node before they can be created.
pub(crate) type NeededBy<'a> = HashMap<&'a Name, Vec<&'a Name>>;

/// The steps and tasks to be done.
pub struct Plan<C: 'static> {
    /// One step per node: the desired nodes in the order they were declared, then those to be removed.
    pub steps: Vec<Step>,
    pub(crate) tasks: Vec<Task<Key>>,
    pub(crate) times: Times,
    pub(crate) desired: IndexMap<Name, Node<C>>,
    /// Settings whose owner is removed in this plan, and resources of the account: they need no call.
    pub(crate) forgotten: BTreeSet<Name>,
}

impl<C: 'static> Plan<C> {
    /// The number of nodes with that action.
    pub fn count(&self, action: Action) -> usize {
        self.steps.iter().filter(|s| s.action == action).count()
    }

    /// The same plan with the given consent applied: the covered steps no longer need it.
    #[must_use]
    pub fn allowing(mut self, consent: &Consent) -> Self {
        self.steps.iter_mut().for_each(|s| s.needs_consent &= !consent.covers(&s.name));
        self
    }

    /// The desired nodes that need each node.
    pub(crate) fn needed_by(&self) -> NeededBy<'_> {
        let mut needed = NeededBy::new();
        for (name, user) in &self.desired {
            for edge in user.edges.iter().filter(|e| e.needs.is_some()) {
                needed.entry(&edge.on).or_default().push(name);
            }
        }
        needed
    }

    /// Whether running the plan may change anything.
    pub fn changes(&self) -> bool {
        self.steps.iter().any(|s| !matches!(s.action, Action::Keep | Action::Decide | Action::Recheck))
    }

    /// The steps that would lose data without that consent. With any of them the plan must not be run.
    pub fn unconsented(&self, consent: &Consent) -> Vec<&Step> {
        self.steps.iter().filter(|s| s.needs_consent && !consent.covers(&s.name)).collect()
    }

    /// Whether that task could complete within that time.
    pub(crate) fn could_end(&self, key: &Key, left: Duration) -> bool {
        let Key::Op(op, node) = key else { return true };
        self.times.get(&(*op, node.clone())).is_none_or(|takes| takes.within(0.0) <= left)
    }

    /// The tasks, as an event carries them.
    pub fn planned(&self) -> Vec<Planned> {
        let steps: BTreeMap<&Name, &Step> = self.steps.iter().map(|s| (&s.name, s)).collect();
        let planned = |t: &Task<Key>| match &t.key {
            Key::Op(op, node) => {
                let step = steps.get(node)?;
                let (kind, action, after) = (step.kind.clone(), step.action, t.after.iter().map(after_keys).collect());
                let takes = self.times.get(&(*op, node.clone()));
                let (late, timing) = takes.map(|t| (t.within(LATE), t.timing.clone())).unwrap_or_default();
                Some(Planned { node: node.clone(), op: *op, kind, action, usual: t.cost, late, timing, after })
            }
            Key::Known(_) => None,
        };
        self.tasks.iter().filter_map(planned).collect()
    }
}

/// The plan to get from `have` to `want`.
///
/// # Errors
/// When a builder fails, a recorded spec cannot be read, or the state holds a kind this build does not know.
pub fn plan<C: 'static>(want: &Graph<C>, have: &State, kinds: Kinds<C>, timings: &Timings) -> Result<Plan<C>> {
    let users = users_of(have);
    let mut steps = steps::of_wanted(want, have)?;
    steps::unwanted(&mut steps, want, have, kinds)?;
    steps::spread(&mut steps, &users);
    steps::fill_specs(&mut steps, want, have)?;
    steps::add_losses(&mut steps, have, kinds)?;
    let forgotten = forgotten(&steps, have, kinds)?;
    let (tasks, times) = tasks(&steps, want, have, &users, kinds, timings)?;
    Ok(Plan { steps: steps.into_values().collect(), tasks, times, desired: want.nodes.clone(), forgotten })
}

/// A task that takes longer than this share of all cases is late.
const LATE: f64 = 0.9;

fn after_keys(key: &Key) -> After {
    let (node, what) = match key {
        Key::Op(Op::Remove, node) => (node, Point::Gone),
        Key::Op(Op::Ensure, node) => (node, Point::Ready),
        Key::Known(node) => (node, Point::Known),
    };
    After { node: node.clone(), what }
}

fn goes(steps: &Steps, name: &Name) -> bool {
    let leaves = |s: &Step| matches!(s.action, Action::Replace | Action::Delete | Action::Leave);
    steps.get(name).is_some_and(|s| leaves(s) && s.old.is_some())
}

fn forgotten<C: 'static>(steps: &Steps, have: &State, kinds: Kinds<C>) -> Result<BTreeSet<Name>> {
    let mut forgotten = BTreeSet::new();
    for (name, entry) in have.entries.iter().filter(|(n, _)| goes(steps, n)) {
        let owner_goes = || entry.edges.iter().any(|e| e.holds && goes(steps, &e.on));
        let is_forgotten = match kind_of(kinds, &entry.kind)?.identity() {
            Identity::Setting => owner_goes(),
            identity => identity == Identity::Shared,
        };
        if is_forgotten {
            forgotten.insert(name.clone());
        }
    }
    Ok(forgotten)
}

/// The cycle of tasks that the queue reported, as an error.
pub(crate) fn circle(keys: &[Key]) -> Error {
    let names: BTreeSet<String> = keys
        .iter()
        .map(|k| match k {
            Key::Op(op, n) => format!("{op:?} {n}").to_lowercase(),
            Key::Known(n) => format!("known {n}"),
        })
        .collect();
    let names: Vec<String> = names.into_iter().collect();
    Error::new(Class::Invalid, format!("order the work: these wait for each other: {}", names.join(", ")))
        .hint("the wiring of this pipeline is wrong: this is a bug in vidpipe")
}
