//! Everything that is recorded is gone, and an environment of another lineage has the same under the same names and ids, as
//! after a copy of an old state was restored. Whatever is done with ours, nothing changes theirs, and nobody waits for it.

use super::{Subject, Tally};
use crate::World;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::Instant;
use vidpipe_engine::{Drift, Identity, Name, Phase, PhysicalId};

/// No command waits longer than this for what is not ours.
const SECONDS: Duration = Duration::from_secs(60);

/// For each of these nodes: the part of the pipeline that it stands on, of another lineage.
pub async fn taken_each(subject: &Subject, nodes: &[Name]) -> Tally {
    let mut tally = Tally::new("recreated by another lineage");
    for name in nodes {
        one(&subject.around(name), name, &mut tally).await;
    }
    tally
}

/// The same of the whole pipeline.
pub async fn taken(subject: &Subject) -> Tally {
    let mut tally = Tally::new("a whole environment of another lineage");
    let account = Account::of(subject).await;
    let wrong = account.command("down", true, async |world| world.down().await.is_complete()).await;
    tally.case("down", wrong.into_iter().chain(account.nothing_recorded()));
    tally
}

/// Where in its life a node may be recorded to be, when somebody else has it.
const PHASES: [&str; 3] = ["updating", "waiting", "deleting"];

async fn one(subject: &Subject, name: &Name, tally: &mut Tally) {
    let account = Account::of(subject).await;
    let wrong = account.command("down", true, async |world| world.down().await.is_complete()).await;
    tally.case(&format!("{name}, then down"), wrong.into_iter().chain(account.nothing_recorded()));

    let account = Account::of(subject).await;
    let mut wrong = match account.ours.look().await {
        Ok(drifted) => account.not_said(&drifted),
        Err(e) => vec![format!("it cannot be looked at: {e}")],
    };
    wrong.extend(account.command("plan --refresh", true, async |world| world.refresh().await.is_ok()).await);
    tally.case(&format!("{name}, then plan --refresh"), wrong);

    // What is the account's is everybody's, and a deed is over.
    let is_asked = account
        .ours
        .graph()
        .nodes
        .get(name)
        .is_some_and(|node| node.kind.identity() != Identity::Shared && !node.kind.ends());
    for phase in PHASES.into_iter().filter(|_| is_asked) {
        let account = Account::of(subject).await;
        account.ours.record(name, |id| match phase {
            "updating" => Phase::Updating { id },
            "waiting" => Phase::Waiting { id, known: None },
            _ => Phase::Deleting { id },
        });
        // One that is to go makes room for another one of ours with `up`: that is for `down`.
        let (told, completes) = if phase == "deleting" { ("down", true) } else { ("up", false) };
        let run = async |world: &World| match completes {
            true => world.down().await.is_complete(),
            false => world.up().await.is_complete(),
        };
        let mut wrong = account.command(told, completes, run).await;
        if account.ours.state().entries.contains_key(name) {
            wrong.push("it is not recorded as gone".into());
        }
        tally.case(&format!("{name}, {phase}, then {told}"), wrong);
    }
}

/// Theirs, which stands, and our record of the same.
struct Account {
    theirs: World,
    ours: World,
    touched: Arc<Mutex<Vec<String>>>,
}

impl Account {
    async fn of(subject: &Subject) -> Self {
        let theirs = subject.world().await;
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

    /// What is wrong with that command: it has to end so, soon, and without a call that changes anything of theirs.
    async fn command(&self, told: &str, completes: bool, run: impl AsyncFn(&World) -> bool) -> Vec<String> {
        let began = Instant::now();
        let (complete, took) = (run(&self.ours).await, began.elapsed());
        let mut wrong: Vec<String> = self.ours.changed();
        let touched = std::mem::take(&mut *self.touched.lock().expect("nobody panics while logging"));
        // A replacement that is begun with a name that is taken is refused, and that is how it is heard of.
        wrong.extend(
            touched.into_iter().filter(|call| !call.starts_with("Create")).map(|call| format!("{told} called {call}")),
        );
        if complete != completes {
            wrong.push(format!("`{told}` was{} complete", if complete { "" } else { " not" }));
        }
        if took > SECONDS {
            wrong.push(format!("`{told}` took {} s", took.as_secs()));
        }
        wrong.extend(self.theirs.unready());
        wrong
    }

    fn nothing_recorded(&self) -> Vec<String> {
        self.ours.state().entries.keys().map(|name| format!("{name} is recorded")).collect()
    }

    /// What a look did not say to be of another lineage, or gone: some kinds are only looked for among what is ours.
    fn not_said(&self, drifted: &[(Name, Drift)]) -> Vec<String> {
        let graph = self.ours.graph();
        let asked = graph.nodes.iter().filter(|(_, n)| n.kind.identity() != Identity::Shared && !n.kind.ends());
        let said = |name: &Name| {
            drifted.iter().any(|(node, drift)| node == name && matches!(drift, Drift::Theirs(_) | Drift::Gone))
        };
        asked.filter(|(name, _)| !said(name)).map(|(name, _)| format!("{name} is taken for ours")).collect()
    }
}

impl World {
    /// From now on that is where the node is recorded to be.
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
