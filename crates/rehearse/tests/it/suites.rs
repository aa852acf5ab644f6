//! Each suite in a size small enough for every change; `just torture` runs them in full. A suite that covers every node
//! does so in the part of the pipeline that the node depends on; whole pipelines are sampled.
use crate::subject::{SHARE, calm, holds, kinds, share, strict};
use std::pin::Pin;
use vidpipe_engine::Name;
use vidpipe_pipelines::spec::Pipeline::{self, Streamflix, Streamtech, StreamtechTokyo};
use vidpipe_rehearse::suites::{
    Subject, Tally, by_hand, by_hand_each, crash, crash_again, crash_again_each, crash_each, definite_each, expired,
    expired_each, failing, failing_each, foreign, held_each, incidents, lost_answers_each, moments, neighbours,
    schedules, schedules_each, spoilt_answers_each, unfound_each,
};

/// Cuts the power at every `every`-th moment of a whole pipeline's life cycle.
fn the_power_goes(pipeline: Pipeline, every: usize) {
    holds(async {
        let subject = calm(pipeline);
        let own: Vec<_> = moments(&subject).await.into_iter().step_by(every).collect();
        crash(&subject, &own).await
    });
}

#[test]
fn the_power_goes_in_streamtech() {
    the_power_goes(Streamtech, 61);
}

#[test]
fn the_power_goes_in_streamflix() {
    the_power_goes(Streamflix, 61);
}

/// Cuts the power at four moments of every mutating call.
fn the_power_goes_at_every_call(pipeline: Pipeline, part: usize, parts: usize) {
    holds(async {
        let subject = calm(pipeline);
        crash_each(&subject, &share(&subject, part, parts).await).await
    });
}

#[test]
fn the_power_goes_at_every_call_of_streamtech() {
    the_power_goes_at_every_call(Streamtech, 0, 2);
}

#[test]
fn the_power_goes_at_every_other_call_of_streamtech() {
    the_power_goes_at_every_call(Streamtech, 1, 2);
}

#[test]
fn the_power_goes_at_every_call_of_streamflix() {
    the_power_goes_at_every_call(Streamflix, 0, 1);
}

#[test]
fn the_power_goes_again() {
    holds(async { crash_again(&calm(Streamtech), 0..6).await });
}

/// Cuts the power, and again during the recovery, in parts of a pipeline.
fn the_power_goes_again_in(pipeline: Pipeline, seeds: std::ops::Range<u64>) {
    holds(async {
        let subject = calm(pipeline);
        crash_again_each(&subject, &share(&subject, 0, 1).await, seeds).await
    });
}

#[test]
fn the_power_goes_again_in_parts_of_streamtech() {
    the_power_goes_again_in(Streamtech, 0..400);
}

#[test]
fn the_power_goes_again_in_parts_of_tokyo() {
    the_power_goes_again_in(StreamtechTokyo, 1_000..1_200);
}

#[test]
fn the_power_goes_again_in_parts_of_streamflix() {
    the_power_goes_again_in(Streamflix, 2_000..2_400);
}

#[test]
fn nodes_fail_once() {
    holds(async { failing(&calm(Streamtech), 17).await });
}

#[test]
fn every_node_fails_once_in_streamtech() {
    every_node(Streamtech, |subject, nodes| Box::pin(failing_each(subject, nodes)));
}

#[test]
fn every_node_fails_once_in_streamflix() {
    every_node(Streamflix, |subject, nodes| Box::pin(failing_each(subject, nodes)));
}

#[test]
fn every_answer_is_lost_in_streamtech() {
    every_node(Streamtech, |subject, nodes| Box::pin(lost_answers_each(subject, nodes, false)));
}

#[test]
fn every_answer_is_lost_in_streamflix() {
    every_node(Streamflix, |subject, nodes| Box::pin(lost_answers_each(subject, nodes, false)));
}

#[test]
fn every_call_of_every_kind_is_refused_for_a_while() {
    holds(async { held_each(&calm(Streamtech), &kinds(Streamtech, &[]).await).await });
}

#[test]
fn every_call_of_every_kind_of_streamflix_is_refused_for_a_while() {
    holds(async { held_each(&calm(Streamflix), &kinds(Streamflix, &[Streamtech]).await).await });
}

#[test]
fn every_definite_answer_ends_the_wait_at_once() {
    holds(async {
        let streamtech = definite_each(&calm(Streamtech), &kinds(Streamtech, &[]).await).await;
        streamtech.and(definite_each(&calm(Streamflix), &kinds(Streamflix, &[Streamtech]).await).await)
    });
}

#[test]
fn every_answer_to_every_kind_is_spoilt() {
    holds(async { spoilt_answers_each(&calm(Streamtech), &kinds(Streamtech, &[]).await, 1).await });
}

#[test]
fn every_answer_to_every_kind_of_streamflix_is_spoilt() {
    holds(async { spoilt_answers_each(&calm(Streamflix), &kinds(Streamflix, &[Streamtech]).await, 1).await });
}

type Suite = for<'a> fn(&'a Subject, &'a [Name]) -> Pin<Box<dyn Future<Output = Tally> + 'a>>;

/// Runs a suite that covers every node of a pipeline.
fn every_node(pipeline: Pipeline, suite: Suite) {
    holds(async {
        let subject = calm(pipeline);
        suite(&subject, &subject.nodes().await).await
    });
}

/// With the SDK's own retries, resources that only their tags identify are created twice, which is why the retries are
/// off. This test also proves that the suite detects duplicates.
#[test]
fn every_answer_is_lost_and_the_sdk_asks_again() {
    let tally = vidpipe_rehearse::runtime().expect("a runtime").block_on(async {
        let subject = calm(Streamtech);
        lost_answers_each(&subject, &subject.nodes().await, true).await
    });
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
    holds(async { expired(&calm(Streamtech), 199).await });
}

#[test]
fn the_credentials_run_out_at_every_node_of_streamtech() {
    every_node(Streamtech, |subject, nodes| Box::pin(expired_each(subject, nodes)));
}

#[test]
fn the_credentials_run_out_at_every_node_of_streamflix() {
    every_node(Streamflix, |subject, nodes| Box::pin(expired_each(subject, nodes)));
}

#[test]
fn a_third_of_all_calls_is_faulted() {
    holds(async { schedules(&strict(Streamtech), 0..10, SHARE).await });
}

#[test]
fn a_third_of_all_calls_is_faulted_in_tokyo() {
    holds(async { schedules(&strict(StreamtechTokyo), 100..104, SHARE).await });
}

#[test]
fn a_third_of_all_calls_is_faulted_in_streamflix() {
    holds(async { schedules(&strict(Streamflix), 200..210, SHARE).await });
}

/// Injects faults into a third of all calls, in parts of a pipeline.
fn a_third_of_all_calls_is_faulted_in_parts(pipeline: Pipeline, seeds: std::ops::Range<u64>) {
    holds(async {
        let subject = strict(pipeline);
        schedules_each(&subject, &subject.nodes().await, seeds, SHARE).await
    });
}

#[test]
fn a_third_of_all_calls_is_faulted_in_parts_of_streamtech() {
    a_third_of_all_calls_is_faulted_in_parts(Streamtech, 1_000..1_200);
}

#[test]
fn a_third_of_all_calls_is_faulted_in_parts_of_tokyo() {
    a_third_of_all_calls_is_faulted_in_parts(StreamtechTokyo, 2_000..2_076);
}

#[test]
fn a_third_of_all_calls_is_faulted_in_parts_of_streamflix() {
    a_third_of_all_calls_is_faulted_in_parts(Streamflix, 3_000..3_200);
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
    holds(async {
        let subject = calm(Streamtech);
        by_hand(&subject, &share(&subject, 0, 17).await).await
    });
}

#[test]
fn everything_is_removed_by_hand_in_streamtech() {
    every_node(Streamtech, |subject, nodes| Box::pin(by_hand_each(subject, nodes)));
}

#[test]
fn everything_is_removed_by_hand_in_streamflix() {
    every_node(Streamflix, |subject, nodes| Box::pin(by_hand_each(subject, nodes)));
}

#[test]
fn everything_of_streamtech_is_once_said_not_to_be_there() {
    every_node(Streamtech, |subject, nodes| Box::pin(unfound_each(subject, nodes)));
}

#[test]
fn everything_of_streamflix_is_once_said_not_to_be_there() {
    every_node(Streamflix, |subject, nodes| Box::pin(unfound_each(subject, nodes)));
}

#[test]
fn things_fail() {
    holds(async { incidents(&strict(Streamtech)).await });
}

#[test]
fn things_fail_in_streamflix() {
    holds(async { incidents(&strict(Streamflix)).await });
}
