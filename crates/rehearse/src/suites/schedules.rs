//! Days by seed: times, lag, limits, and a share of all calls faulted. Whatever the day, in the end everything is there
//! once, and after `down` nothing is.

use super::{Subject, Tally};
use crate::{
    World,
    rehearsal::{live, made_once},
};
use std::ops::Range;
use vidpipe_engine::Name;
use vidpipe_sandbox::{Clock, Conditions};

/// One rehearsal per seed, with that share of all calls faulted, between 0 and 1.
pub async fn schedules(subject: &Subject, seeds: Range<u64>, share: f64) -> Tally {
    let mut tally = Tally::new("random fault schedules");
    let once = made_once(&calm(subject).await).await;
    for seed in seeds {
        let told = live(&subject.world().await, Conditions::strict(seed).with_faults(share), &once).await;
        let repeat = format!("vidpipe rehearse -p {} --seed {seed} --faults {share}", told.pipeline);
        tally.case(&repeat, told.violations);
    }
    tally
}

/// One rehearsal per seed of the part of the pipeline that one of these nodes stands on, each in its turn.
pub async fn schedules_each(subject: &Subject, nodes: &[Name], seeds: Range<u64>, share: f64) -> Tally {
    let mut tally = Tally::new("random fault schedules of parts");
    for (seed, node) in seeds.zip(nodes.iter().cycle()) {
        let subject = subject.around(node);
        let once = made_once(&calm(&subject).await).await;
        let told = live(&subject.world().await, Conditions::strict(seed).with_faults(share), &once).await;
        tally.case(&format!("{node}: seed {seed}, faults {share}"), told.violations);
    }
    tally
}

/// A world of it in which nothing takes time or goes wrong.
async fn calm(subject: &Subject) -> World {
    Subject { pace: Clock::Instant, day: Conditions::default(), ..subject.clone() }.world().await
}
