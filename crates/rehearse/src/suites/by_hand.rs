//! Resources are deleted by hand between two runs: `down` completes, and `up --refresh` recreates them.

use super::{Subject, Tally, finish_down};
use vidpipe_engine::{Consent, Name};

/// Deletes each of these nodes' resources by hand, if AWS allows it, then runs `down`, or `up` first.
pub async fn by_hand(subject: &Subject, nodes: &[Name]) -> Tally {
    let mut tally = Tally::new("removed by hand");
    for name in nodes {
        both(subject, name, &mut tally).await;
    }
    tally
}

/// Deletes each of these nodes' resources by hand, in the part of the pipeline that the node depends on.
pub async fn by_hand_each(subject: &Subject, nodes: &[Name]) -> Tally {
    let mut tally = Tally::new("removed by hand, one by one");
    for name in nodes {
        both(&subject.around(name), name, &mut tally).await;
    }
    tally
}

async fn both(subject: &Subject, name: &Name, tally: &mut Tally) {
    for again in [false, true] {
        let harness = subject.harness().await;
        harness.up().await;
        if harness.remove_by_hand(name).await.is_err() {
            // AWS refuses the deletion while another resource uses it: nothing was done by hand.
            continue;
        }
        let mut wrong = Vec::new();
        if again {
            if let Err(e) = harness.refresh().await {
                wrong.push(format!("it cannot be read: {e}"));
            }
            // A resource that holds data and depends on the deleted one is replaced too, but only with consent.
            let runs = harness.up().await.is_complete() || {
                harness.allow(Consent::Everything);
                harness.until_complete(&harness.graph(), 3).await.is_some()
            };
            if !runs {
                wrong.push("`up --refresh` was not complete".into());
            }
            wrong.extend(harness.unready());
        }
        wrong.extend(finish_down(&harness).await);
        tally.case(&format!("{name}, then {}", if again { "up --refresh, down" } else { "down" }), wrong);
    }
}
