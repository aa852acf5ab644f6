//! Suites of many life cycles, each with another fault. Each suite counts its cases and names every violation, with one
//! line that reproduces it.

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
mod taken;
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
pub use taken::{taken, taken_each};
pub use unfound::unfound_each;

use crate::Harness;
use std::{collections::BTreeMap, fmt};
use vidpipe_engine::{Entry, Graph, Name};
use vidpipe_pipelines::{spec::Spec, suffix::Suffix};
use vidpipe_sandbox::{Clock, Conditions};

/// The result of a suite.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// The name of the suite.
    pub name: &'static str,
    /// Number of cases run.
    pub cases: usize,
    /// The violations, each with its case.
    pub violations: Vec<String>,
}

impl Tally {
    fn new(name: &'static str) -> Self {
        Self { name, ..Self::default() }
    }

    /// Records a case and its violations.
    fn case(&mut self, case: &str, wrong: impl IntoIterator<Item = String>) {
        self.cases += 1;
        self.violations.extend(wrong.into_iter().map(|wrong| format!("{case}: {wrong}")));
    }

    /// Merges two results.
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

/// The subject of a suite: an environment of that spec.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The spec of the environment.
    pub spec: Spec,
    /// The suffix of the environment.
    pub suffix: Suffix,
    /// How time passes.
    pub pace: Clock,
    /// The base conditions, to which the suite adds its faults.
    pub day: Conditions,
    /// The nodes under test: only they and their dependencies are created. Empty for the whole pipeline.
    pub only: Vec<Name>,
}

impl Subject {
    /// The subject restricted to one node and its dependencies. A life cycle of this part takes a fraction of the time
    /// of the whole, and covers every fault in the calls for the node.
    #[must_use]
    pub fn around(&self, node: &Name) -> Self {
        Self { only: vec![node.clone()], ..self.clone() }
    }

    /// All of its nodes.
    pub async fn nodes(&self) -> Vec<Name> {
        self.harness().await.graph().nodes.keys().cloned().collect()
    }

    /// One node of every kind.
    pub async fn kinds(&self) -> BTreeMap<&'static str, Name> {
        let graph = self.harness().await.graph();
        graph.nodes.iter().rev().map(|(name, node)| (node.kind.name(), name.clone())).collect()
    }

    pub(crate) async fn harness(&self) -> Harness {
        self.world_with(false).await
    }

    pub(crate) async fn world_with(&self, sdk_retries: bool) -> Harness {
        let harness = Harness::with_retries(self.pace, &self.spec, &self.suffix, sdk_retries).await;
        let mut harness = harness.expect("the sandbox offers what the spec asks for");
        harness.want_only(&self.only);
        harness.day(self.day.clone());
        harness
    }
}

/// Maximum number of runs of a command.
const RUNS: usize = 12;

/// Number of resources each operation creates in an undisturbed `up`.
type Counts = BTreeMap<String, usize>;

/// Runs `up` until it is complete, and returns the violations; resources created twice are listed by operation.
async fn finish_up(harness: &Harness, once: &Counts) -> Vec<String> {
    let mut wrong = Vec::new();
    if harness.until_complete(&harness.graph(), RUNS).await.is_none() {
        wrong.push(format!("`up` was not complete after {RUNS} runs"));
    }
    wrong.extend(harness.unready());
    wrong.extend(twice(&harness.made(), once));
    wrong
}

/// Runs `down` until it is complete, and returns the violations.
async fn finish_down(harness: &Harness) -> Vec<String> {
    let mut wrong = Vec::new();
    let made = harness.made();
    if harness.until_complete(&Graph::default(), RUNS).await.is_none() {
        wrong.push(format!("`down` was not complete after {RUNS} runs"));
    }
    wrong.extend(harness.leftovers());
    if harness.made() != made {
        wrong.push("`down` made something".into());
    }
    wrong
}

/// Runs `up` and `down`, each of which must complete in one run, and returns the violations.
async fn in_one_run(harness: &Harness, once: &Counts) -> Vec<String> {
    let up = harness.up().await;
    let mut wrong = Vec::new();
    if !up.is_complete() {
        wrong.push(format!("one `up` was not enough: {up:?}, {:?}", troubles(harness)));
    }
    wrong.extend(finish_up(harness, once).await);
    let down = harness.down().await;
    if !down.is_complete() {
        wrong.push(format!("one `down` was not enough: {down:?}, {:?}", troubles(harness)));
    }
    wrong.extend(finish_down(harness).await);
    wrong
}

/// The last trouble of each node.
fn troubles(harness: &Harness) -> Vec<String> {
    let entries = harness.state().entries;
    let trouble = |(name, entry): (&Name, &Entry)| Some(format!("{name}: {}", entry.trouble.as_ref()?.fault.message));
    entries.iter().filter_map(trouble).collect()
}

fn twice(made: &Counts, once: &Counts) -> Vec<String> {
    let too_many = made.iter().filter(|(operation, n)| once.get(*operation).is_none_or(|once| *n > once));
    too_many.map(|(operation, n)| format!("{operation} made {n} things instead of {:?}", once.get(operation))).collect()
}
