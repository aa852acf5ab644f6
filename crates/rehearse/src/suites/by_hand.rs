//! Somebody removes things by hand between two runs: `down` does not mind, and `up --refresh` makes them again.

use super::{Subject, Tally, finish_down};
use vidpipe_engine::Name;

/// Removes by hand every so many-th node that AWS lets go, and goes down, or up again first.
pub async fn by_hand(subject: &Subject, every: usize) -> Tally {
    let mut tally = Tally::new("removed by hand");
    let names: Vec<Name> = subject.world().await.graph().nodes.keys().cloned().collect();
    for name in names.iter().step_by(every) {
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
                if world.until_complete(&world.graph(), 3).await.is_none() {
                    wrong.push("`up --refresh` was not complete".into());
                }
                wrong.extend(world.unready());
            }
            wrong.extend(finish_down(&world).await);
            tally.case(&format!("{name}, then {}", if again { "up --refresh, down" } else { "down" }), wrong);
        }
    }
    tally
}
