//! Well-formed responses that omit an existing resource: no number of them makes vidpipe forget it.

use super::{Subject, Tally, troubles};
use crate::Harness;
use std::{
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    time::Duration,
};
use vidpipe_engine::{Drift, Name, called_for, sweep::Swept};
use vidpipe_sandbox::{Conditions, Fault};

/// Numbers of consecutive empty reads: the number that once made vidpipe forget a cluster, and more than any run makes.
const MANY: [usize; 2] = [2, 12];
/// Minimum delay before an empty read is repeated.
const AT_ONCE: Duration = Duration::from_secs(1);

impl Subject {
    /// The subject's conditions, but the selected reads for that node return nothing.
    fn hiding(&self, node: &Name, hidden: impl Fn(usize) -> bool + Send + Sync + 'static) -> Conditions {
        let (node, seen) = (node.clone(), AtomicUsize::new(0));
        self.day.clone().with_weather(move |asked| {
            let is_its = !asked.changes && called_for().as_ref() == Some(&node);
            (is_its && hidden(seen.fetch_add(1, Relaxed))).then_some(Fault::Hidden)
        })
    }
}

/// Removes the part of the pipeline that each of these nodes depends on, while the first reads for the node return
/// nothing: one `down` with its sweep leaves nothing. If the read returns no tags, ownership cannot be determined: the
/// resource is left alone and stays recorded, and the next `down` removes it.
pub async fn hidden_each(subject: &Subject, nodes: &[Name]) -> Tally {
    let mut tally = Tally::new("reads show nothing of what is there");
    for node in nodes {
        let subject = subject.around(node);
        for many in MANY {
            let harness = subject.harness().await;
            let mut wrong = Vec::new();
            if !harness.up().await.is_complete() {
                wrong.push("`up` was not complete".into());
            }
            harness.day(subject.hiding(node, move |nth| nth < many));
            let mut ended = cleared(&harness).await;
            let had = harness.state().entries;
            if ended.is_some() && had.contains_key(node) && troubles(&harness).iter().all(|t| t.contains("lineage")) {
                harness.day(subject.day.clone());
                ended = cleared(&harness).await;
            }
            wrong.extend(ended);
            wrong.extend(harness.leftovers());
            tally.case(&format!("{many} reads for {node}"), wrong);
        }
    }
    tally
}

/// The violation after one `down` with its sweep, if any.
async fn cleared(harness: &Harness) -> Option<String> {
    let (summary, swept) = harness.clear().await;
    let is_clean = summary.is_complete() && swept.as_ref().is_some_and(Swept::is_clean);
    (!is_clean).then(|| format!("`down` came to {summary:?}, {swept:?}, {:?}", troubles(harness)))
}

/// Reads everything recorded, as `--refresh` does, while one read after another returns nothing: no resource is
/// reported as deleted.
pub async fn hidden_from_refresh(subject: &Subject, every: usize) -> Tally {
    let mut tally = Tally::new("a read of --refresh shows nothing");
    let harness = subject.harness().await;
    tally.case("up", (!harness.up().await.is_complete()).then(|| "it was not complete".into()));
    for from in 0..every {
        let (seen, began) = (AtomicUsize::new(0), harness.now());
        harness.day(subject.day.clone().with_weather(move |asked| {
            let nth = if asked.changes { return None } else { seen.fetch_add(1, Relaxed) };
            (nth % every == from && began.elapsed() < AT_ONCE).then_some(Fault::Hidden)
        }));
        let gone = |drift: Vec<(Name, Drift)>| drift.into_iter().filter(|(_, drift)| *drift == Drift::Gone);
        let wrong = match harness.drift().await {
            Ok(drift) => gone(drift).map(|(name, _)| format!("{name} is said to be gone")).collect(),
            Err(e) => vec![e.to_string()],
        };
        tally.case(&format!("reads {from}, {}, ...", from + every), wrong);
    }
    tally
}
