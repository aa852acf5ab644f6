//! Each suite in its fast size.
use crate::subject::{calm, holds, strict};
use vidpipe_rehearse::suites::{
    by_hand, crash_again, expired, foreign, incidents, lost_answers, moments, neighbours, schedules,
};

#[test]
fn the_power_goes_again() {
    holds(async {
        let subject = calm();
        let moments = moments(&subject).await;
        crash_again(&subject, &moments, 0..20).await
    });
}

#[test]
fn every_answer_is_lost() {
    holds(async { lost_answers(&calm(), false).await });
}

/// What nothing but its tags can name is made twice by the SDK's own retries: that is why they are off. That this suite
/// sees it is also the proof that it can.
#[test]
fn every_answer_is_lost_and_the_sdk_asks_again() {
    let tally = vidpipe_rehearse::runtime().expect("a runtime").block_on(lost_answers(&calm(), true));
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
    holds(async { expired(&calm()).await });
}

#[test]
fn thirty_percent_of_all_calls_are_faulted_1() {
    holds(async { schedules(&strict(), 0..20, 0.3).await });
}

#[test]
fn thirty_percent_of_all_calls_are_faulted_2() {
    holds(async { schedules(&strict(), 20..40, 0.3).await });
}

#[test]
fn neighbours_with_similar_names_are_left_alone() {
    holds(async { neighbours(&calm()).await });
}

#[test]
fn somebody_elses_things_under_our_name_are_left_alone() {
    holds(async { foreign(&calm()).await });
}

#[test]
fn things_are_removed_by_hand() {
    holds(async { by_hand(&calm(), 4).await });
}

#[test]
fn things_fail() {
    holds(async { incidents(&strict()).await });
}
