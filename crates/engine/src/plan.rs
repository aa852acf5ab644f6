//! Wanted against had: a pure function, so `plan`, `up`, `down` and `up` again are one thing.
use crate::{
    Class, Consent, Error, Result,
    event::{After, Half, Planned, Point},
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
pub(crate) use tasks::{Takes, Times};
pub use undo::undo;

/// What is done to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Nothing.
    Keep,
    /// It is made.
    Create,
    /// What an earlier run began is finished.
    Resume,
    /// It is changed in place.
    Update,
    /// It is removed and made anew.
    Replace,
    /// It is removed.
    Delete,
    /// It is the account's: it is recorded no more, and stays.
    Leave,
    /// Nothing, unless what it uses comes out different: decided then.
    Decide,
    /// It was in trouble when it was seen last, and is looked at again. What holds data is never made anew for that.
    Look,
}

/// What is done to one node, and why.
#[derive(Clone, Debug)]
pub struct Step {
    /// The node.
    pub name: Name,
    /// Its kind.
    pub kind: String,
    /// What is done to it.
    pub action: Action,
    /// What it is made from, with what is not known yet in symbolic form; `None` if it goes.
    pub spec: Option<Value>,
    /// What it was made from, if it exists.
    pub old: Option<Value>,
    /// It is replaced with that node, on which it stands.
    pub because: Option<Name>,
    /// It is replaced because these properties differ, which cannot be changed in place.
    pub fixed: Vec<String>,
    /// What is wrong with it, as recorded.
    pub trouble: Option<String>,
    /// What is lost for good.
    pub loses: Option<&'static str>,
    /// Whether losing that needs a [consent](crate::Consent) of its own.
    pub needs_consent: bool,
}

impl Step {
    /// A step of which nothing more is known.
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
            loses: None,
            needs_consent: false,
        }
    }
}

/// A key of the queue.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// A half of a node's life.
    Half(Half, Name),
    /// The milestone at which a node's values can be read.
    Known(Name),
}

/// Who needs a node before it can be made.
pub(crate) type NeededBy<'a> = HashMap<&'a Name, Vec<&'a Name>>;

/// What will be done.
pub struct Plan<C: 'static> {
    /// One step per node: the wanted ones as they were declared, then those that go.
    pub steps: Vec<Step>,
    pub(crate) tasks: Vec<Task<Key>>,
    pub(crate) times: Times,
    pub(crate) wanted: IndexMap<Name, Node<C>>,
    /// Settings whose owner goes in this plan, and what is the account's: they need no call of their own.
    pub(crate) forgotten: BTreeSet<Name>,
}

impl<C: 'static> Plan<C> {
    /// How many nodes have that action.
    pub fn count(&self, action: Action) -> usize {
        self.steps.iter().filter(|s| s.action == action).count()
    }

    /// The same plan, with what was consented to: it asks for that no more.
    #[must_use]
    pub fn allowing(mut self, consent: &Consent) -> Self {
        self.steps.iter_mut().for_each(|s| s.needs_consent &= !consent.covers(&s.name));
        self
    }

    /// The wanted nodes that need each of them.
    pub(crate) fn needed_by(&self) -> NeededBy<'_> {
        let mut needed = NeededBy::new();
        for (name, user) in &self.wanted {
            for edge in user.edges.iter().filter(|e| e.needs.is_some()) {
                needed.entry(&edge.on).or_default().push(name);
            }
        }
        needed
    }

    /// Whether doing it may change anything.
    pub fn changes(&self) -> bool {
        self.steps.iter().any(|s| !matches!(s.action, Action::Keep | Action::Decide | Action::Look))
    }

    /// The steps that would lose data without that consent: with any of them the plan must not be done.
    pub fn unconsented(&self, consent: &Consent) -> Vec<&Step> {
        self.steps.iter().filter(|s| s.needs_consent && !consent.covers(&s.name)).collect()
    }

    /// Whether that task could be done within that time.
    pub(crate) fn could_end(&self, key: &Key, left: Duration) -> bool {
        let Key::Half(half, node) = key else { return true };
        self.times.get(&(*half, node.clone())).is_none_or(|takes| takes.within(0.0) <= left)
    }

    /// The tasks, as an event carries them.
    pub fn planned(&self) -> Vec<Planned> {
        let steps: BTreeMap<&Name, &Step> = self.steps.iter().map(|s| (&s.name, s)).collect();
        let told = |t: &Task<Key>| match &t.key {
            Key::Half(half, node) => {
                let step = steps.get(node)?;
                let (kind, action, after) = (step.kind.clone(), step.action, t.after.iter().map(told_after).collect());
                let takes = self.times.get(&(*half, node.clone()));
                let (late, timing) = takes.map(|t| (t.within(LATE), t.timing.clone())).unwrap_or_default();
                Some(Planned { node: node.clone(), half: *half, kind, action, usual: t.cost, late, timing, after })
            }
            Key::Known(_) => None,
        };
        self.tasks.iter().filter_map(told).collect()
    }
}

/// What is to be done to get from `have` to `want`.
///
/// # Errors
/// When a builder fails, a recorded spec cannot be read, or the state holds a kind this build does not know.
pub fn plan<C: 'static>(want: &Graph<C>, have: &State, kinds: Kinds<C>, timings: &Timings) -> Result<Plan<C>> {
    let users = users_of(have);
    let mut steps = steps::wanted(want, have)?;
    steps::unwanted(&mut steps, want, have, kinds)?;
    steps::spread(&mut steps, &users);
    steps::told(&mut steps, want, have)?;
    steps::weighed(&mut steps, have, kinds)?;
    let forgotten = forgotten(&steps, have, kinds)?;
    let (tasks, times) = tasks(&steps, want, have, &users, kinds, timings)?;
    Ok(Plan { steps: steps.into_values().collect(), tasks, times, wanted: want.nodes.clone(), forgotten })
}

/// Slower than this share of all cases is late.
const LATE: f64 = 0.9;

fn told_after(key: &Key) -> After {
    let (node, what) = match key {
        Key::Half(Half::Remove, node) => (node, Point::Gone),
        Key::Half(Half::Ensure, node) => (node, Point::Ready),
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

/// The queue's word for a circle of tasks, as an error.
pub(crate) fn circle(keys: &[Key]) -> Error {
    let names: BTreeSet<String> = keys
        .iter()
        .map(|k| match k {
            Key::Half(half, n) => format!("{half:?} {n}").to_lowercase(),
            Key::Known(n) => format!("known {n}"),
        })
        .collect();
    let names: Vec<String> = names.into_iter().collect();
    Error::new(Class::Invalid, format!("order the work: these wait for each other: {}", names.join(", ")))
        .hint("the wiring of this pipeline is wrong: this is a bug in vidpipe")
}
