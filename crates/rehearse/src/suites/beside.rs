//! Another environment in the account: one with a similar name, and one with the same name. No operation on ours
//! changes the other one, to the byte.

use super::{Subject, Tally, finish_down};
use crate::Harness;
use vidpipe_pipelines::suffix::Suffix;

/// Prefixes and suffixes that make a name similar to ours.
const SIMILAR: [&str; 4] = ["-2", "2", "-demo", "x-"];

/// Environments with similar names: ours runs `up` and `down` beside each of them.
pub async fn neighbours(subject: &Subject) -> Tally {
    let mut tally = Tally::new("a neighbour with a similar name");
    for similar in SIMILAR {
        let ours = &subject.suffix;
        let theirs =
            similar.strip_suffix('-').map_or_else(|| format!("{ours}{similar}"), |front| format!("{front}-{ours}"));
        let theirs = Suffix::parse(&theirs).expect("what is similar to a suffix is one");
        let neighbour = Harness::new(subject.pace, &subject.spec, &theirs).await.expect("a world");
        assert!(neighbour.up().await.is_complete(), "an undisturbed `up` is complete");
        let harness = neighbour.beside(subject.pace, ours).await.expect("a world beside it");
        let mut wrong = Vec::new();
        if !harness.up().await.is_complete() {
            wrong.push("`up` was not complete".into());
        }
        wrong.extend(finish_down(&harness).await);
        tally.case(&format!("{theirs} beside {ours}"), wrong);
    }
    tally
}

/// An environment with the same name and another lineage: `up` refuses to use its resources, and `down` leaves them.
pub async fn foreign(subject: &Subject) -> Tally {
    let mut tally = Tally::new("somebody else's things under our name");
    let theirs = subject.harness().await;
    assert!(theirs.up().await.is_complete(), "an undisturbed `up` is complete");
    let harness = theirs.beside(subject.pace, &subject.suffix).await.expect("a world beside it");
    let mut wrong = Vec::new();
    let ended = harness.up().await;
    if ended.summary().is_none_or(|summary| summary.failed == 0) {
        wrong.push(format!("`up` took what is not ours: {ended:?}"));
    }
    wrong.extend(finish_down(&harness).await);
    wrong.extend(theirs.unready());
    tally.case("the same suffix, another lineage", wrong);
    tally
}
