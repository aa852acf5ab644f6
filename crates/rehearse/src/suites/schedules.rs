//! Days by seed: times, lag, limits, and a share of all calls faulted. Whatever the day, in the end everything is there
//! once, and after `down` nothing is.

use super::{Subject, Tally};
use crate::rehearsal::{live, made_once};
use std::ops::Range;
use vidpipe_sandbox::Conditions;

/// One rehearsal per seed, with that share of all calls faulted, between 0 and 1.
pub async fn schedules(subject: &Subject, seeds: Range<u64>, share: f64) -> Tally {
    let mut tally = Tally::new("random fault schedules");
    let once = made_once(&subject.spec, &subject.suffix).await.expect("the sandbox offers what the spec asks for");
    for seed in seeds {
        let world = subject.world().await;
        let told = live(&world, Conditions::strict(seed).with_faults(share), &once).await;
        let repeat = format!("vidpipe rehearse -p {} --seed {seed} --faults {share}", told.pipeline);
        tally.case(&repeat, told.violations);
    }
    tally
}
