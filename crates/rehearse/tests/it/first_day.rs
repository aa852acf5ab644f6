//! An account that has never used any of the services: one `up` and one `down` are enough, whatever is missing at
//! first.
use crate::subject::calm;
use vidpipe_pipelines::spec::Pipeline;
use vidpipe_rehearse::rehearse;
use vidpipe_sandbox::{Conditions, Speed};

/// Runs that pipeline in a fresh account, with delayed visibility.
fn first_days(pipeline: Pipeline, seeds: std::ops::Range<u64>) {
    let subject = calm(pipeline);
    for seed in seeds {
        let day = Conditions { speed: Speed::Typical, ..Conditions::strict(seed) }.in_fresh_account();
        let lived = vidpipe_rehearse::runtime().expect("a runtime can be made");
        let rehearsal = lived.block_on(rehearse(&subject.spec, &subject.suffix, day)).expect("the sandbox offers it");
        assert!(rehearsal.is_balanced(), "{pipeline}, seed {seed}: {:#?}", rehearsal.violations);
        let runs = (rehearsal.up.runs, rehearsal.again.runs, rehearsal.down.runs);
        assert_eq!(runs, (Some(1), Some(1), Some(1)), "{pipeline}, seed {seed}: {:#?}", rehearsal.up.refused);
        assert!(rehearsal.stays.len() >= 3, "{:?}", rehearsal.stays);
    }
}

#[test]
fn the_first_day_of_streamtech() {
    first_days(Pipeline::Streamtech, 0..4);
}

#[test]
fn the_first_day_of_tokyo() {
    first_days(Pipeline::StreamtechTokyo, 4..6);
}

#[test]
fn the_first_day_of_streamflix() {
    first_days(Pipeline::Streamflix, 6..10);
}
