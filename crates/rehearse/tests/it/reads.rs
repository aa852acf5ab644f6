//! Reads that fail or get no response end no command.
use crate::subject::{SHARE, calm, holds};
use vidpipe_pipelines::spec::Pipeline::{Streamflix, Streamtech, StreamtechTokyo};
use vidpipe_rehearse::suites::{nothing_to_change, reads, reads_of_runs};

#[test]
fn no_look_that_is_not_answered_ends_a_command_of_streamtech() {
    holds(async { reads(&calm(Streamtech)).await });
}

#[test]
fn no_look_that_is_not_answered_ends_a_command_of_tokyo() {
    holds(async { reads(&calm(StreamtechTokyo)).await });
}

#[test]
fn no_look_that_is_not_answered_ends_a_command_of_streamflix() {
    holds(async { reads(&calm(Streamflix)).await });
}

#[test]
fn one_run_is_enough_whatever_looks_are_not_answered() {
    holds(async {
        let each = [Streamtech, StreamtechTokyo, Streamflix].map(calm);
        reads_of_runs(&each[0]).await.and(reads_of_runs(&each[1]).await).and(reads_of_runs(&each[2]).await)
    });
}

#[test]
fn nothing_to_change_ends_well_whatever_goes_wrong_on_the_way() {
    holds(async { nothing_to_change(&calm(Streamtech), 0..6, SHARE).await });
}
