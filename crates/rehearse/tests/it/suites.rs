//! Each suite in its fast size.
use crate::subject::{calm, holds, streamflix, strict};
use std::ops::Range;
use vidpipe_rehearse::suites::{
    by_hand, crash, crash_again, expired, failing, foreign, incidents, lost_answers, moments, neighbours, schedules,
};

/// Pairs of crashes.
const PAIRS: u64 = 1_000;
/// Days on which a share of all calls is faulted.
const DAYS: u64 = 500;
/// That share.
const SHARE: f64 = 0.3;

/// One test for each part of a suite, so that they run side by side.
macro_rules! parts {
    ($suite:ident of $all:literal: $($name:ident = $part:literal),+ $(,)?) => { $(
        #[test]
        fn $name() {
            $suite($part, $all);
        }
    )+ };
}

fn part(of: u64, part: u64, parts: u64) -> Range<u64> {
    of * part / parts..of * (part + 1) / parts
}

fn the_power_goes(n: usize, parts: usize) {
    holds(async {
        let subject = calm();
        let own: Vec<_> = moments(&subject).await.into_iter().skip(n).step_by(parts).collect();
        crash(&subject, &own).await
    });
}

parts! { the_power_goes of 4:
    the_power_goes_1 = 0, the_power_goes_2 = 1, the_power_goes_3 = 2, the_power_goes_4 = 3,
}

fn the_power_goes_again(n: u64, parts: u64) {
    holds(async {
        let subject = calm();
        let moments = moments(&subject).await;
        crash_again(&subject, &moments, part(PAIRS, n, parts)).await
    });
}

parts! { the_power_goes_again of 4:
    the_power_goes_again_1 = 0, the_power_goes_again_2 = 1, the_power_goes_again_3 = 2, the_power_goes_again_4 = 3,
}

#[test]
fn every_node_fails_once() {
    holds(async { failing(&calm()).await });
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

fn a_third_of_all_calls_is_faulted(n: u64, parts: u64) {
    holds(async { schedules(&strict(), part(DAYS, n, parts), SHARE).await });
}

parts! { a_third_of_all_calls_is_faulted of 8:
    a_third_of_all_calls_is_faulted_1 = 0,
    a_third_of_all_calls_is_faulted_2 = 1,
    a_third_of_all_calls_is_faulted_3 = 2,
    a_third_of_all_calls_is_faulted_4 = 3,
    a_third_of_all_calls_is_faulted_5 = 4,
    a_third_of_all_calls_is_faulted_6 = 5,
    a_third_of_all_calls_is_faulted_7 = 6,
    a_third_of_all_calls_is_faulted_8 = 7,
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
    holds(async { by_hand(&calm(), 1).await });
}

#[test]
fn things_fail() {
    holds(async { incidents(&strict()).await });
}

#[test]
fn things_fail_in_streamflix() {
    holds(async { incidents(&streamflix()).await });
}
