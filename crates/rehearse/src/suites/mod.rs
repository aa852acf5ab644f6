//! Many lives, each with something else going wrong. Each suite counts its cases and names every violation with the one
//! line that repeats it.

mod beside;
mod by_hand;
mod calls;
mod codeless;
mod crash;
mod definite;
mod expired;
mod failing;
mod held;
mod hidden;
mod incidents;
mod lost;
mod reads;
mod schedules;
mod spoilt;
mod unfound;

pub use beside::{foreign, neighbours};
pub use by_hand::{by_hand, by_hand_each};
pub use codeless::codeless_each;
pub use crash::{Again, Moment, crash, crash_again, crash_again_each, crash_each, moments};
pub use definite::definite_each;
pub use expired::{expired, expired_each};
pub use failing::{failing, failing_each};
pub use held::held_each;
pub use hidden::{hidden_each, hidden_from_refresh};
pub use incidents::incidents;
pub use lost::{lost_answers, lost_answers_each};
pub use reads::{nothing_to_change, reads, reads_of_runs};
pub use schedules::{schedules, schedules_each};
pub use spoilt::spoilt_answers_each;
pub use unfound::unfound_each;

use crate::World;
use std::{collections::BTreeMap, fmt};
use vidpipe_engine::{Entry, Graph, Name};
use vidpipe_pipelines::{spec::Spec, suffix::Suffix};
use vidpipe_sandbox::{Clock, Conditions};

/// What a suite came to.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// The suite.
    pub name: &'static str,
    /// How many cases were run.
    pub cases: usize,
    /// What should never have happened, each with the case it happened in.
    pub violations: Vec<String>,
}

impl Tally {
    fn new(name: &'static str) -> Self {
        Self { name, ..Self::default() }
    }

    /// Notes a case and what was wrong in it.
    fn case(&mut self, case: &str, wrong: impl IntoIterator<Item = String>) {
        self.cases += 1;
        self.violations.extend(wrong.into_iter().map(|wrong| format!("{case}: {wrong}")));
    }

    /// The two together.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.cases += other.cases;
        self.violations.extend(other.violations);
        self
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<44} {:>7} cases {:>5} violations", self.name, self.cases, self.violations.len())?;
        self.violations.iter().take(20).try_for_each(|violation| write!(f, "\n  {violation}"))
    }
}

/// What every suite is about: an environment of that spec.
#[derive(Clone, Debug)]
pub struct Subject {
    /// What it is made from.
    pub spec: Spec,
    /// Its name.
    pub suffix: Suffix,
    /// How time passes.
    pub pace: Clock,
    /// What every day is like, before the suite adds to it.
    pub day: Conditions,
    /// The nodes it is about: only they are made, and all that they stand on. None of them means the whole pipeline.
    pub only: Vec<Name>,
}

impl Subject {
    /// The part of it that one node needs in order to stand. A life of that takes a fraction of the time that one of the
    /// whole takes, and what can go wrong with the calls for the node can go wrong in it.
    #[must_use]
    pub fn around(&self, node: &Name) -> Self {
        Self { only: vec![node.clone()], ..self.clone() }
    }

    /// Every node of it.
    pub async fn nodes(&self) -> Vec<Name> {
        self.world().await.graph().nodes.keys().cloned().collect()
    }

    /// One node of every kind.
    pub async fn kinds(&self) -> BTreeMap<&'static str, Name> {
        let graph = self.world().await.graph();
        graph.nodes.iter().rev().map(|(name, node)| (node.kind.name(), name.clone())).collect()
    }

    pub(crate) async fn world(&self) -> World {
        self.world_with(false).await
    }

    pub(crate) async fn world_with(&self, sdk_retries: bool) -> World {
        let world = World::with_retries(self.pace, &self.spec, &self.suffix, sdk_retries).await;
        let mut world = world.expect("the sandbox offers what the spec asks for");
        world.want_only(&self.only);
        world.day(self.day.clone());
        world
    }
}

/// So many runs of a command are allowed to come to its end.
const RUNS: usize = 12;

/// How many things each operation makes in an undisturbed `up`.
type Counts = BTreeMap<String, usize>;

/// What is wrong after `up` was tried until it was complete: things made twice are named by their operation.
async fn finish_up(world: &World, once: &Counts) -> Vec<String> {
    let mut wrong = Vec::new();
    if world.until_complete(&world.graph(), RUNS).await.is_none() {
        wrong.push(format!("`up` was not complete after {RUNS} runs"));
    }
    wrong.extend(world.unready());
    wrong.extend(twice(&world.made(), once));
    wrong
}

/// What is wrong after `down` was tried until it was complete.
async fn finish_down(world: &World) -> Vec<String> {
    let mut wrong = Vec::new();
    let made = world.made();
    if world.until_complete(&Graph::default(), RUNS).await.is_none() {
        wrong.push(format!("`down` was not complete after {RUNS} runs"));
    }
    wrong.extend(world.leftovers());
    if world.made() != made {
        wrong.push("`down` made something".into());
    }
    wrong
}

/// What is wrong after one `up` and one `down`, which have to do.
async fn in_one_run(world: &World, once: &Counts) -> Vec<String> {
    let up = world.up().await;
    let mut wrong = Vec::new();
    if !up.is_complete() {
        wrong.push(format!("one `up` was not enough: {up:?}, {:?}", troubles(world)));
    }
    wrong.extend(finish_up(world, once).await);
    let down = world.down().await;
    if !down.is_complete() {
        wrong.push(format!("one `down` was not enough: {down:?}, {:?}", troubles(world)));
    }
    wrong.extend(finish_down(world).await);
    wrong
}

/// What last went wrong with each node.
fn troubles(world: &World) -> Vec<String> {
    let entries = world.state().entries;
    let trouble = |(name, entry): (&Name, &Entry)| Some(format!("{name}: {}", entry.trouble.as_ref()?.fault.message));
    entries.iter().filter_map(trouble).collect()
}

fn twice(made: &Counts, once: &Counts) -> Vec<String> {
    let too_many = made.iter().filter(|(operation, n)| once.get(*operation).is_none_or(|once| *n > once));
    too_many.map(|(operation, n)| format!("{operation} made {n} things instead of {:?}", once.get(operation))).collect()
}
