//! Foreign resources under our names, and foreign ids in our state: refused by name, and left unchanged.
use crate::harness::{Harness, PLENTY, STREAMFLIX, STREAMTECH};
use jiff::Timestamp;
use std::time::Duration;
use tokio::time::advance;
use vidpipe_aws::{Aws, KINDS};
use vidpipe_engine::{Graph, Name, Phase, PhysicalId, event::Event, refresh};
use vidpipe_sandbox::Clock;

/// The first node of that kind, and its physical id.
fn node(harness: &Harness, kind: &str) -> (Name, String) {
    let state = harness.disk.borrow();
    let (name, entry) = state.entries.iter().find(|(_, e)| e.kind == kind).unwrap_or_else(|| panic!("no {kind}"));
    (name.clone(), entry.phase.id().unwrap().to_string())
}

/// Dates all entries far in the past.
fn age(harness: &Harness) {
    harness.disk.borrow_mut().entries.values_mut().for_each(|e| e.since = Timestamp::UNIX_EPOCH);
}

fn failed(harness: &Harness) -> Vec<Name> {
    let failed = |e: &Event| match e {
        Event::Failed { node, .. } => Some(node.clone()),
        _ => None,
    };
    harness.events.borrow().iter().filter_map(failed).collect()
}

/// Deletes that resource, and creates another with the same name.
async fn recreate(aws: &Aws, kind: &str, id: &str) {
    match kind {
        "sqs:queue" => {
            aws.sqs.delete_queue().queue_url(id).send().await.unwrap();
            advance(Duration::from_secs(120)).await;
            aws.sqs.create_queue().queue_name(id.rsplit('/').next().unwrap()).send().await.unwrap();
        }
        "sns:topic" => {
            aws.sns.delete_topic().topic_arn(id).send().await.unwrap();
            aws.sns.create_topic().name(id.rsplit(':').next().unwrap()).send().await.unwrap();
        }
        _ => {
            aws.cloudwatch.delete_alarms().alarm_names(id).send().await.unwrap();
            let other = aws.cloudwatch.put_metric_alarm().alarm_name(id).namespace("Theirs").metric_name("Count");
            let other = other.statistic("Sum".into()).period(60).evaluation_periods(1).threshold(1.0);
            other.comparison_operator("GreaterThanThreshold".into()).send().await.unwrap();
            // In the sandbox the tags of a deleted alarm stay with its name.
            let made = aws.cloudwatch.describe_alarms().alarm_names(id).send().await.unwrap();
            let untag = aws.cloudwatch.untag_resource().resource_arn(made.metric_alarms()[0].alarm_arn().unwrap());
            untag.tag_keys("vidpipe:lineage").send().await.unwrap();
        }
    }
}

/// A queue, an alarm or a topic, deleted by hand and recreated without vidpipe.
#[tokio::test(start_paused = true)]
async fn what_somebody_made_again_under_our_names_is_refused_by_name() {
    for kind in ["sqs:queue", "cloudwatch:alarm", "sns:topic"] {
        let harness = Harness::new(Clock::Instant, STREAMFLIX).await;
        harness.up(STREAMFLIX).await;
        age(&harness);
        let (name, id) = node(&harness, kind);
        recreate(&harness.aws, kind, &id).await;
        let theirs = harness.live();
        let mut state = harness.disk.borrow().clone();
        refresh(&harness.aws, KINDS, &mut state, Timestamp::from_second(7200).unwrap()).await.unwrap();
        *harness.disk.borrow_mut() = state;
        harness.events.borrow_mut().clear();
        let summary = harness.go(&harness.graph(STREAMFLIX), PLENTY).await;
        assert!(!summary.is_complete(), "{kind}: {summary:?}");
        assert!(failed(&harness).contains(&name), "{name} is not named:\n{}", harness.failures());
        assert_eq!(harness.live(), theirs, "{kind}: something of theirs was changed");
    }
}

/// Creates a resource without vidpipe.
async fn foreign(aws: &Aws, kind: &str) -> String {
    let vpc = async || {
        let made = aws.ec2.create_vpc().cidr_block("10.77.0.0/16").send().await.unwrap();
        made.vpc.unwrap().vpc_id.unwrap()
    };
    match kind {
        "ec2:subnet" => {
            let made = aws.ec2.create_subnet().vpc_id(vpc().await).cidr_block("10.77.1.0/24").send().await.unwrap();
            made.subnet.unwrap().subnet_id.unwrap()
        }
        "ec2:security-group" => {
            let call = aws.ec2.create_security_group().vpc_id(vpc().await).group_name("theirs").description("theirs");
            call.send().await.unwrap().group_id.unwrap()
        }
        "kms:key" => aws.kms.create_key().send().await.unwrap().key_metadata.unwrap().key_id,
        _ => {
            let call = aws.secrets.create_secret().name("theirs").secret_string("theirs");
            call.send().await.unwrap().arn.unwrap()
        }
    }
}

/// Whether the resource exists and is not being deleted.
async fn stands(aws: &Aws, kind: &str, id: &str) -> bool {
    match kind {
        "ec2:subnet" => aws.ec2.describe_subnets().subnet_ids(id).send().await.is_ok(),
        "ec2:security-group" => aws.ec2.describe_security_groups().group_ids(id).send().await.is_ok(),
        "kms:key" => {
            let seen = aws.kms.describe_key().key_id(id).send().await.unwrap();
            seen.key_metadata.unwrap().deletion_date.is_none()
        }
        _ => aws.secrets.describe_secret().secret_id(id).send().await.unwrap().deleted_date.is_none(),
    }
}

/// A state that was edited or assembled by hand.
#[tokio::test(start_paused = true)]
async fn ids_of_somebody_else_in_the_state_are_refused_by_name() {
    let spec = "[encryption]\ncustomer_managed_key = true\n";
    for kind in ["ec2:subnet", "ec2:security-group", "kms:key", "secrets:generated-secret"] {
        let harness = Harness::new(Clock::Instant, spec).await;
        harness.up(spec).await;
        age(&harness);
        let (name, _) = node(&harness, kind);
        let id = foreign(&harness.aws, kind).await;
        let planted = Phase::Deleting { id: PhysicalId(id.clone()) };
        harness.disk.borrow_mut().entries.get_mut(&name).unwrap().phase = planted;
        harness.events.borrow_mut().clear();
        let summary = harness.go(&Graph::default(), PLENTY).await;
        let stays = harness.disk.borrow().entries.contains_key(&name);
        assert!(!summary.is_complete() && stays, "{kind}: {summary:?}");
        assert!(failed(&harness).contains(&name), "{name} is not named:\n{}", harness.failures());
        assert!(stands(&harness.aws, kind, &id).await, "{kind}: theirs is gone");
    }
}

/// A copied state's environment is deleted, and another with the same name exists: `down` ends at once, and
/// successfully.
#[tokio::test(start_paused = true)]
async fn a_copied_state_is_empty_after_down_and_the_sweep_finds_nothing() {
    let harness = Harness::new(Clock::Instant, STREAMTECH).await;
    harness.up(STREAMTECH).await;
    age(&harness);
    {
        let state = &mut *harness.disk.borrow_mut();
        state.env.lineage = "gone".into();
        state.entries.values_mut().for_each(|e| e.token.0.push_str("-gone"));
    }
    let (theirs, began) = (harness.live(), tokio::time::Instant::now());
    let (summary, swept) = harness.clear().await;
    assert!(summary.is_complete(), "{summary:?}\n{}", harness.failures());
    assert!(swept.as_ref().is_some_and(vidpipe_engine::sweep::Swept::is_clean), "{swept:?}");
    assert_eq!(harness.live(), theirs, "something of theirs was changed");
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
    let named = harness.events.borrow().iter().filter(|e| matches!(e, Event::Theirs { .. })).count();
    assert!(named > 50, "{named} of them are named");
}
