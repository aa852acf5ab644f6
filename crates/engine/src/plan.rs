//! Wanted against had: a pure function, so `plan`, `up`, `down` and `up` again are one thing.
use crate::{
    Class, Error, Result,
    event::{After, Half, Planned, Point},
    graph::{Edge, Graph, Name, Node, Outputs},
    pace::Timings,
    queue::Task,
    resource::{Change, Identity, Kind, Kinds, kind_of},
    state::{Entry, Phase, State},
};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};

mod tasks;
use tasks::tasks;
pub(crate) use tasks::{Takes, Times};

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
}

/// What is done to one node, and why.
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
    /// It is replaced only because it stands on that node.
    pub because: Option<Name>,
    /// What is lost for good.
    pub loses: Option<&'static str>,
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
        self.steps.iter().any(|s| !matches!(s.action, Action::Keep | Action::Decide))
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
    let mut steps = wanted_steps(want, have)?;
    for (name, entry) in have.entries.iter().filter(|(n, _)| !want.nodes.contains_key(*n)) {
        let kind = kind_of(kinds, &entry.kind)?;
        let action = if kind.identity() == Identity::Shared { Action::Leave } else { Action::Delete };
        let (kind, loses, old) = (entry.kind.clone(), kind.loses(), Some(entry.spec.clone()));
        let step = Step { name: name.clone(), kind, action, spec: None, old, because: None, loses };
        steps.insert(name.clone(), step);
    }
    spread(&mut steps, &users);
    told(&mut steps, want, have)?;
    for step in steps.values_mut().filter(|s| s.action == Action::Replace) {
        step.loses = kind_of(kinds, &step.kind)?.loses();
    }
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

type Steps = IndexMap<Name, Step>;
type Users<'a> = BTreeMap<&'a Name, Vec<(&'a Name, &'a Edge)>>;

fn users_of(have: &State) -> Users<'_> {
    let mut users = Users::new();
    for (name, entry) in &have.entries {
        for edge in &entry.edges {
            users.entry(&edge.on).or_default().push((name, edge));
        }
    }
    users
}

fn wanted_steps<C: 'static>(want: &Graph<C>, have: &State) -> Result<Steps> {
    let mut steps = Steps::new();
    // What each node gives: what is recorded, and else a symbol; and whose it is for certain.
    let (mut certain, mut given) = (BTreeSet::new(), Outputs::new());
    for (name, node) in &want.nodes {
        let entry = have.entries.get(name);
        let recorded = |d: &Name| have.entries.get(d).is_some_and(|u| u.phase.output().is_some());
        let uses = || node.edges.iter().filter(|e| e.needs.is_some()).map(|e| &e.on);
        let action = match entry {
            None => Action::Create,
            Some(e) if uses().all(recorded) => match compare(node.kind, e, &node.spec(&given)?)? {
                Action::Keep if !uses().all(|d| certain.contains(d)) => Action::Decide,
                sure => sure,
            },
            Some(e) if must_go(e) => Action::Replace,
            Some(e) if matches!(e.phase, Phase::Ready { .. }) => Action::Decide,
            Some(_) => Action::Resume,
        };
        if action == Action::Keep {
            certain.insert(name);
        }
        let output = entry.and_then(|e| e.phase.output()).cloned();
        given.insert(name.clone(), output.map_or_else(|| node.kind.symbolic(name), Ok)?);
        let (name, kind, old) = (name.clone(), node.kind.name().into(), entry.map(|e| e.spec.clone()));
        steps.insert(name.clone(), Step { name, kind, action, spec: None, old, because: None, loses: None });
    }
    Ok(steps)
}

/// What every wanted node is made from. Of what is made, or made anew, the values are symbols: they are known later.
fn told<C: 'static>(steps: &mut Steps, want: &Graph<C>, have: &State) -> Result<()> {
    let mut given = Outputs::new();
    for (name, node) in &want.nodes {
        let Some(step) = steps.get_mut(name) else { continue };
        step.spec = Some(node.spec(&given)?);
        let stays = matches!(step.action, Action::Keep | Action::Update | Action::Decide);
        let output = have.entries.get(name).and_then(|e| e.phase.output()).filter(|_| stays).cloned();
        given.insert(name.clone(), output.map_or_else(|| node.kind.symbolic(name), Ok)?);
    }
    Ok(())
}

fn must_go(e: &Entry) -> bool {
    matches!(e.phase, Phase::Deleting { .. }) || e.trouble.as_ref().is_some_and(|t| t.broken)
}

fn compare<C>(kind: &dyn Kind<C>, had: &Entry, spec: &Value) -> Result<Action> {
    if must_go(had) || kind.name() != had.kind {
        return Ok(Action::Replace);
    }
    Ok(match (kind.change(spec, &had.spec)?, &had.phase) {
        (Change::None, Phase::Ready { .. }) => Action::Keep,
        // An intent that was refused, or not heard of, is settled first; what it became is compared then.
        (_, Phase::Creating { refused: true, .. }) => Action::Create,
        (Change::None | Change::Update, Phase::Creating { .. }) | (Change::None, _) => Action::Resume,
        (Change::Update, _) => Action::Update,
        (Change::Replace, _) => Action::Replace,
    })
}

/// Whatever stands on something that will be replaced is replaced with it.
fn spread(steps: &mut Steps, users: &Users<'_>) {
    let mut front: Vec<Name> = steps.values().filter(|s| s.action == Action::Replace).map(|s| s.name.clone()).collect();
    while let Some(from) = front.pop() {
        for (user, _) in users.get(&from).into_iter().flatten().filter(|(_, e)| e.holds || e.follows) {
            let Some(step) = steps.get_mut(*user) else { continue };
            if !matches!(step.action, Action::Replace | Action::Delete | Action::Leave) {
                step.action = Action::Replace;
                step.because = Some(from.clone());
                front.push((*user).clone());
            }
        }
    }
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
