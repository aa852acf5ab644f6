//! Well-formed answers that show nothing of what is there: nothing is forgotten for them, whatever their number.

use super::{Subject, Tally, troubles};
use crate::World;
use std::{
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    time::Duration,
};
use vidpipe_engine::{Drift, Name, called_for, sweep::Swept};
use vidpipe_sandbox::{Conditions, Fault};

/// So many looks in a row show nothing: as many as were once enough to forget a cluster, and more than any run makes.
const MANY: [usize; 2] = [2, 12];
/// What was not seen is looked at again after this long at the earliest.
const AT_ONCE: Duration = Duration::from_secs(1);

impl Subject {
    /// Its day, on which these looks for that node show nothing.
    fn hiding(&self, node: &Name, hidden: impl Fn(usize) -> bool + Send + Sync + 'static) -> Conditions {
        let (node, seen) = (node.clone(), AtomicUsize::new(0));
        self.day.clone().with_weather(move |asked| {
            let is_its = !asked.changes && called_for().as_ref() == Some(&node);
            (is_its && hidden(seen.fetch_add(1, Relaxed))).then_some(Fault::Hidden)
        })
    }
}

/// Removes the part of the pipeline that each of these nodes stands on, while the first looks for the node show nothing: one
/// `down`, with what its sweep finds, leaves nothing. Where it is the tags that do not show, nothing says that the thing is
/// ours: then it is left alone and stays recorded, and the next `down` removes it.
pub async fn hidden_each(subject: &Subject, nodes: &[Name]) -> Tally {
    let mut tally = Tally::new("looks show nothing of what is there");
    for node in nodes {
        let subject = subject.around(node);
        for many in MANY {
            let world = subject.world().await;
            let mut wrong = Vec::new();
            if !world.up().await.is_complete() {
                wrong.push("`up` was not complete".into());
            }
            world.day(subject.hiding(node, move |nth| nth < many));
            let mut ended = cleared(&world).await;
            let had = world.state().entries;
            if ended.is_some() && had.contains_key(node) && troubles(&world).iter().all(|t| t.contains("lineage")) {
                world.day(subject.day.clone());
                ended = cleared(&world).await;
            }
            wrong.extend(ended);
            wrong.extend(world.leftovers());
            tally.case(&format!("{many} looks for {node}"), wrong);
        }
    }
    tally
}

/// What is wrong after one `down` with its sweep.
async fn cleared(world: &World) -> Option<String> {
    let (summary, swept) = world.clear().await;
    let is_clean = summary.is_complete() && swept.as_ref().is_some_and(Swept::is_clean);
    (!is_clean).then(|| format!("`down` came to {summary:?}, {swept:?}, {:?}", troubles(world)))
}

/// Looks at everything recorded, as `--refresh` does, while one look after another shows nothing: nothing is gone for that.
pub async fn hidden_from_refresh(subject: &Subject, every: usize) -> Tally {
    let mut tally = Tally::new("a look of --refresh shows nothing");
    let world = subject.world().await;
    tally.case("up", (!world.up().await.is_complete()).then(|| "it was not complete".into()));
    for from in 0..every {
        let (seen, began) = (AtomicUsize::new(0), world.now());
        world.day(subject.day.clone().with_weather(move |asked| {
            let nth = if asked.changes { return None } else { seen.fetch_add(1, Relaxed) };
            (nth % every == from && began.elapsed() < AT_ONCE).then_some(Fault::Hidden)
        }));
        let gone = |drift: Vec<(Name, Drift)>| drift.into_iter().filter(|(_, drift)| *drift == Drift::Gone);
        let wrong = match world.look().await {
            Ok(drift) => gone(drift).map(|(name, _)| format!("{name} is said to be gone")).collect(),
            Err(e) => vec![e.to_string()],
        };
        tally.case(&format!("looks {from}, {}, ...", from + every), wrong);
    }
    tally
}
