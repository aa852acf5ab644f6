//! Conditions by seed: durations, delayed visibility, limits, and faults on a share of all calls. Under all of them
//! every resource exists exactly once, and after `down` none does.

use super::{Subject, Tally};
use crate::{
    Harness,
    rehearsal::{live, made_once},
};
use std::ops::Range;
use vidpipe_engine::Name;
use vidpipe_sandbox::{Clock, Conditions};

/// One rehearsal per seed, with faults on that share of all calls, between 0 and 1.
pub async fn schedules(subject: &Subject, seeds: Range<u64>, share: f64) -> Tally {
    let mut tally = Tally::new("random fault schedules");
    let once = made_once(&calm(subject).await).await;
    for seed in seeds {
        let result = live(&subject.harness().await, Conditions::strict(seed).with_faults(share), &once).await;
        let repeat = format!("vidpipe rehearse -p {} --seed {seed} --faults {share}", result.pipeline);
        tally.case(&repeat, result.violations);
    }
    tally
}

/// One rehearsal per seed, of the part of the pipeline that one of these nodes depends on, in rotation.
pub async fn schedules_each(subject: &Subject, nodes: &[Name], seeds: Range<u64>, share: f64) -> Tally {
    let mut tally = Tally::new("random fault schedules of parts");
    for (seed, node) in seeds.zip(nodes.iter().cycle()) {
        let subject = subject.around(node);
        let once = made_once(&calm(&subject).await).await;
        let result = live(&subject.harness().await, Conditions::strict(seed).with_faults(share), &once).await;
        tally.case(&format!("{node}: seed {seed}, faults {share}"), result.violations);
    }
    tally
}

/// A harness of the subject without delays or faults.
async fn calm(subject: &Subject) -> Harness {
    Subject { pace: Clock::Instant, day: Conditions::default(), ..subject.clone() }.harness().await
}
