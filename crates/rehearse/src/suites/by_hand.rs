//! Somebody removes things by hand between two runs: `down` does not mind, and `up --refresh` makes them again.

use super::{Subject, Tally, finish_down};
use vidpipe_engine::{Consent, Name};

/// Removes each of these nodes by hand, if AWS lets it go, and goes down, or up again first.
pub async fn by_hand(subject: &Subject, nodes: &[Name]) -> Tally {
    let mut tally = Tally::new("removed by hand");
    for name in nodes {
        both(subject, name, &mut tally).await;
    }
    tally
}

/// Removes each of these nodes by hand, in the part of the pipeline that the node stands on.
pub async fn by_hand_each(subject: &Subject, nodes: &[Name]) -> Tally {
    let mut tally = Tally::new("removed by hand, one by one");
    for name in nodes {
        both(&subject.around(name), name, &mut tally).await;
    }
    tally
}

async fn both(subject: &Subject, name: &Name, tally: &mut Tally) {
    for again in [false, true] {
        let world = subject.world().await;
        world.up().await;
        if world.remove_by_hand(name).await.is_err() {
            // AWS does not let it go while something stands on it: nothing was done by hand.
            continue;
        }
        let mut wrong = Vec::new();
        if again {
            if let Err(e) = world.refresh().await {
                wrong.push(format!("it cannot be looked at: {e}"));
            }
            // What holds data and cannot be without it goes with it, but not unasked.
            let runs = world.up().await.is_complete() || {
                world.allow(Consent::Everything);
                world.until_complete(&world.graph(), 3).await.is_some()
            };
            if !runs {
                wrong.push("`up --refresh` was not complete".into());
            }
            wrong.extend(world.unready());
        }
        wrong.extend(finish_down(&world).await);
        tally.case(&format!("{name}, then {}", if again { "up --refresh, down" } else { "down" }), wrong);
    }
}
