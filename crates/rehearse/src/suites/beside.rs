//! Somebody else is in the account: an environment with a similar name, and one with the very same. Whatever is done to
//! ours, theirs stays as it is, to the byte.

use super::{Subject, Tally, finish_down};
use crate::World;
use vidpipe_pipelines::suffix::Suffix;

/// Suffixes that begin, end or go on like ours.
const SIMILAR: [&str; 4] = ["-2", "2", "-demo", "x-"];

/// Environments with similar names: ours goes up and down beside each of them.
pub async fn neighbours(subject: &Subject) -> Tally {
    let mut tally = Tally::new("a neighbour with a similar name");
    for similar in SIMILAR {
        let ours = &subject.suffix;
        let theirs =
            similar.strip_suffix('-').map_or_else(|| format!("{ours}{similar}"), |front| format!("{front}-{ours}"));
        let theirs = Suffix::parse(&theirs).expect("what is similar to a suffix is one");
        let neighbour = World::new(subject.pace, &subject.spec, &theirs).await.expect("a world");
        assert!(neighbour.up().await.is_complete(), "an undisturbed `up` is complete");
        let world = neighbour.beside(subject.pace, ours).await.expect("a world beside it");
        let mut wrong = Vec::new();
        if !world.up().await.is_complete() {
            wrong.push("`up` was not complete".into());
        }
        wrong.extend(finish_down(&world).await);
        tally.case(&format!("{theirs} beside {ours}"), wrong);
    }
    tally
}

/// An environment with the same name, made by somebody else: `up` refuses what is theirs, and `down` leaves it.
pub async fn foreign(subject: &Subject) -> Tally {
    let mut tally = Tally::new("somebody else's things under our name");
    let theirs = subject.world().await;
    assert!(theirs.up().await.is_complete(), "an undisturbed `up` is complete");
    let world = theirs.beside(subject.pace, &subject.suffix).await.expect("a world beside it");
    let mut wrong = Vec::new();
    let ended = world.up().await;
    if ended.summary().is_none_or(|summary| summary.failed == 0) {
        wrong.push(format!("`up` took what is not ours: {ended:?}"));
    }
    wrong.extend(finish_down(&world).await);
    wrong.extend(theirs.unready());
    tally.case("the same suffix, another lineage", wrong);
    tally
}
