//! Each suite in the size that every change can bear; `just torture` runs them whole. Samples are spread over the whole life.
use crate::subject::{calm, holds, strict};
use vidpipe_pipelines::spec::Pipeline::{self, Streamflix, Streamtech, StreamtechTokyo};
use vidpipe_rehearse::suites::{
    by_hand, crash, crash_again, expired, failing, foreign, incidents, lost_answers, moments, neighbours, schedules,
};

/// The share of calls that are faulted on a faulted day.
const SHARE: f64 = 0.3;

/// The power goes at one of so many moments, from the nth on.
fn the_power_goes(pipeline: Pipeline, nth: usize, of: usize) {
    holds(async {
        let subject = calm(pipeline);
        let own: Vec<_> = moments(&subject).await.into_iter().skip(nth).step_by(of).collect();
        crash(&subject, &own).await
    });
}

#[test]
fn the_power_goes_in_streamtech() {
    the_power_goes(Streamtech, 0, 46);
}

#[test]
fn the_power_goes_in_streamtech_at_other_moments() {
    the_power_goes(Streamtech, 23, 46);
}

#[test]
fn the_power_goes_in_streamflix() {
    the_power_goes(Streamflix, 5, 46);
}

#[test]
fn the_power_goes_again() {
    holds(async {
        let subject = calm(Streamtech);
        crash_again(&subject, &moments(&subject).await, 0..24).await
    });
}

#[test]
fn nodes_fail_once() {
    holds(async { failing(&calm(Streamtech), 11).await });
}

#[test]
fn nodes_fail_once_in_streamflix() {
    holds(async { failing(&calm(Streamflix), 11).await });
}

#[test]
fn every_answer_is_lost() {
    holds(async { lost_answers(&calm(Streamtech), false).await });
}

#[test]
fn every_answer_is_lost_in_streamflix() {
    holds(async { lost_answers(&calm(Streamflix), false).await });
}

/// What nothing but its tags can name is made twice by the SDK's own retries: that is why they are off. That this suite
/// sees it is also the proof that it can.
#[test]
fn every_answer_is_lost_and_the_sdk_asks_again() {
    let tally = vidpipe_rehearse::runtime().expect("a runtime").block_on(lost_answers(&calm(Streamtech), true));
    println!("{tally}");
    let tagged = [
        "AllocateAddress",
        "CreateApiKey",
        "CreateDeployment",
        "CreateInternetGateway",
        "CreateKey",
        "CreateRestApi",
        "CreateSecurityGroup",
        "CreateSubnet",
        "CreateUsagePlan",
        "CreateVpc",
        "CreateVpcLink",
        "RegisterTaskDefinition",
    ];
    let is_expected = |violation: &&String| tagged.iter().any(|operation| violation.starts_with(operation));
    let (expected, other): (Vec<_>, Vec<_>) = tally.violations.iter().partition(is_expected);
    assert!(!expected.is_empty(), "the SDK makes nothing twice any more");
    assert!(other.is_empty(), "{other:#?}");
}

#[test]
fn the_credentials_run_out() {
    holds(async { expired(&calm(Streamtech), 97).await });
}

#[test]
fn a_third_of_all_calls_is_faulted() {
    holds(async { schedules(&strict(Streamtech), 0..12, SHARE).await });
}

#[test]
fn a_third_of_all_calls_is_faulted_in_tokyo() {
    holds(async { schedules(&strict(StreamtechTokyo), 100..104, SHARE).await });
}

#[test]
fn a_third_of_all_calls_is_faulted_in_streamflix() {
    holds(async { schedules(&strict(Streamflix), 200..210, SHARE).await });
}

#[test]
fn neighbours_with_similar_names_are_left_alone() {
    holds(async { neighbours(&calm(Streamtech)).await });
}

#[test]
fn neighbours_of_streamflix_are_left_alone() {
    holds(async { neighbours(&calm(Streamflix)).await });
}

#[test]
fn somebody_elses_things_under_our_name_are_left_alone() {
    holds(async { foreign(&calm(Streamtech)).await });
}

#[test]
fn somebody_elses_things_under_a_name_of_streamflix_are_left_alone() {
    holds(async { foreign(&calm(Streamflix)).await });
}

#[test]
fn things_are_removed_by_hand() {
    holds(async { by_hand(&calm(Streamtech), 11).await });
}

#[test]
fn things_are_removed_by_hand_in_streamflix() {
    holds(async { by_hand(&calm(Streamflix), 11).await });
}

#[test]
fn things_fail() {
    holds(async { incidents(&strict(Streamtech)).await });
}

#[test]
fn things_fail_in_streamflix() {
    holds(async { incidents(&strict(Streamflix)).await });
}
