//! Things go wrong with the things themselves: they become `failed`, or AWS has no room for them. The run says so, the
//! next one makes them anew, and in the end nothing is left.

use super::{Subject, Tally, finish_down};
use vidpipe_sandbox::Incident;

/// Every incident, and whether the first run can overcome it by asking again.
const INCIDENTS: &[(Incident, bool)] = &[
    (Incident::NatFails, false),
    (Incident::DatabaseIncompatible, false),
    (Incident::DatabaseWithoutCapacity, true),
    (Incident::CacheFails, false),
    (Incident::CacheWithoutCapacity, true),
    (Incident::BalancerFails, false),
    (Incident::MountTargetFails, false),
];

/// Each incident once: then `up` again and `down`, and straight `down`.
pub async fn incidents(subject: &Subject) -> Tally {
    let mut tally = Tally::new("things fail");
    for (incident, overcome) in INCIDENTS {
        for again in [true, false] {
            let world = subject.world().await;
            world.day(subject.day.clone().with_incident(*incident, 1));
            let first = world.up().await;
            let mut wrong = Vec::new();
            if first.is_complete() != *overcome {
                wrong.push(format!("the first run came to {first:?}"));
            }
            if again {
                if world.until_complete(&world.graph(), 3).await.is_none() {
                    wrong.push("`up` was not complete after 3 more runs".into());
                }
                wrong.extend(world.unready());
            }
            wrong.extend(finish_down(&world).await);
            tally.case(&format!("{incident:?}, then {}", if again { "up, down" } else { "down" }), wrong);
        }
    }
    tally
}
