//! An account that has never used any of the services: it goes up in one run and down in one, whatever is missing at first.
use crate::subject::calm;
use vidpipe_pipelines::spec::Pipeline;
use vidpipe_rehearse::rehearse;
use vidpipe_sandbox::{Conditions, Speed};

/// Days of that pipeline on which everything shows late, too.
fn first_days(pipeline: Pipeline, seeds: std::ops::Range<u64>) {
    let subject = calm(pipeline);
    for seed in seeds {
        let day = Conditions { speed: Speed::Typical, ..Conditions::strict(seed) }.in_fresh_account();
        let lived = vidpipe_rehearse::runtime().expect("a runtime can be made");
        let told = lived.block_on(rehearse(&subject.spec, &subject.suffix, day)).expect("the sandbox offers it");
        assert!(told.is_balanced(), "{pipeline}, seed {seed}: {:#?}", told.violations);
        let runs = (told.up.runs, told.again.runs, told.down.runs);
        assert_eq!(runs, (Some(1), Some(1), Some(1)), "{pipeline}, seed {seed}: {:#?}", told.up.refused);
        assert!(told.stays.len() >= 3, "{:?}", told.stays);
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
