//! All recorded resources are deleted, and an environment of another lineage has resources with the same names and ids,
//! as after restoring an old copy of the state. No operation on ours changes them or waits for them.

use super::{Subject, Tally};
use crate::Harness;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::Instant;
use vidpipe_engine::{Drift, Identity, Name, Phase, PhysicalId};

/// Maximum duration of a command that meets another lineage's resources.
const SECONDS: Duration = Duration::from_secs(60);

/// For each of these nodes: the part of the pipeline that it depends on, in another lineage.
pub async fn taken_each(subject: &Subject, nodes: &[Name]) -> Tally {
    let mut tally = Tally::new("recreated by another lineage");
    for name in nodes {
        run_case(&subject.around(name), name, &mut tally).await;
    }
    tally
}

/// Same as [`taken_each`], for the whole pipeline.
pub async fn taken(subject: &Subject) -> Tally {
    let mut tally = Tally::new("a whole environment of another lineage");
    let account = Account::of(subject).await;
    let wrong = account.command("down", true, async |harness| harness.down().await.is_complete()).await;
    tally.case("down", wrong.into_iter().chain(account.nothing_recorded()));
    tally
}

/// The phases in which the node is recorded while its resource belongs to another lineage.
const PHASES: [&str; 3] = ["updating", "waiting", "deleting"];

async fn run_case(subject: &Subject, name: &Name, tally: &mut Tally) {
    let account = Account::of(subject).await;
    let wrong = account.command("down", true, async |harness| harness.down().await.is_complete()).await;
    tally.case(&format!("{name}, then down"), wrong.into_iter().chain(account.nothing_recorded()));

    let account = Account::of(subject).await;
    let mut wrong = match account.ours.drift().await {
        Ok(drifted) => account.not_said(&drifted),
        Err(e) => vec![format!("it cannot be read: {e}")],
    };
    wrong.extend(account.command("plan --refresh", true, async |harness| harness.refresh().await.is_ok()).await);
    tally.case(&format!("{name}, then plan --refresh"), wrong);

    // Shared nodes belong to the account, and a one-shot job has ended.
    let is_asked = account
        .ours
        .graph()
        .nodes
        .get(name)
        .is_some_and(|node| node.kind.identity() != Identity::Shared && !node.kind.is_one_shot());
    for phase in PHASES.into_iter().filter(|_| is_asked) {
        let account = Account::of(subject).await;
        account.ours.record(name, |id| match phase {
            "updating" => Phase::Updating { id },
            "waiting" => Phase::Waiting { id, known: None },
            _ => Phase::Deleting { id },
        });
        // `up` would replace a node in deletion with a new one of ours, so that phase is tested with `down`.
        let (subcommand, completes) = if phase == "deleting" { ("down", true) } else { ("up", false) };
        let run = async |harness: &Harness| match completes {
            true => harness.down().await.is_complete(),
            false => harness.up().await.is_complete(),
        };
        let mut wrong = account.command(subcommand, completes, run).await;
        if account.ours.state().entries.contains_key(name) {
            wrong.push("it is not recorded as gone".into());
        }
        tally.case(&format!("{name}, {phase}, then {subcommand}"), wrong);
    }
}

/// The other lineage's existing environment, and our record of the same resources.
struct Account {
    theirs: Harness,
    ours: Harness,
    touched: Arc<Mutex<Vec<String>>>,
}

impl Account {
    async fn of(subject: &Subject) -> Self {
        let theirs = subject.harness().await;
        assert!(theirs.up().await.is_complete(), "an undisturbed `up` is complete");
        let mut ours = theirs.beside(subject.pace, &subject.suffix).await.expect("a world beside it");
        ours.want_only(&subject.only);
        ours.restore(&theirs.state());
        let touched = Arc::<Mutex<Vec<String>>>::default();
        let log = touched.clone();
        ours.day(subject.day.clone().with_weather(move |asked| {
            if asked.changes {
                log.lock().expect("nobody panics while logging").push(asked.operation.to_owned());
            }
            None
        }));
        Self { theirs, ours, touched }
    }

    /// Runs that command and returns its violations: it must end as given, soon, and without a call that changes the
    /// other lineage's resources.
    async fn command(&self, subcommand: &str, completes: bool, run: impl AsyncFn(&Harness) -> bool) -> Vec<String> {
        let began = Instant::now();
        let (complete, took) = (run(&self.ours).await, began.elapsed());
        let mut wrong: Vec<String> = self.ours.changed();
        let touched = std::mem::take(&mut *self.touched.lock().expect("nobody panics while logging"));
        // A replacement starts with a create call, which is refused because the name is taken; that is how the run
        // detects it.
        wrong.extend(
            touched
                .into_iter()
                .filter(|call| !call.starts_with("Create"))
                .map(|call| format!("{subcommand} called {call}")),
        );
        if complete != completes {
            wrong.push(format!("`{subcommand}` was{} complete", if complete { "" } else { " not" }));
        }
        if took > SECONDS {
            wrong.push(format!("`{subcommand}` took {} s", took.as_secs()));
        }
        wrong.extend(self.theirs.unready());
        wrong
    }

    fn nothing_recorded(&self) -> Vec<String> {
        self.ours.state().entries.keys().map(|name| format!("{name} is recorded")).collect()
    }

    /// The nodes that a read reports neither as another lineage's nor as deleted. Deleted is valid too: some kinds are
    /// searched only among our own resources.
    fn not_said(&self, drifted: &[(Name, Drift)]) -> Vec<String> {
        let graph = self.ours.graph();
        let asked = graph.nodes.iter().filter(|(_, n)| n.kind.identity() != Identity::Shared && !n.kind.is_one_shot());
        let is_reported = |name: &Name| {
            drifted.iter().any(|(node, drift)| node == name && matches!(drift, Drift::Theirs(_) | Drift::Gone))
        };
        asked.filter(|(name, _)| !is_reported(name)).map(|(name, _)| format!("{name} is taken for ours")).collect()
    }
}

impl Harness {
    /// Records that phase for the node.
    fn record(&self, name: &Name, phase: impl FnOnce(PhysicalId) -> Phase) {
        let mut state = self.state();
        if let Some(entry) = state.entries.get_mut(name)
            && let Some(id) = entry.phase.id().cloned()
        {
            entry.phase = phase(id);
        }
        self.write(&state);
    }
}
