//! Somebody else's things under our names, and somebody else's ids in our state: refused by name, and left as they are.
use crate::world::{PLENTY, STREAMFLIX, STREAMTECH, World};
use jiff::Timestamp;
use std::time::Duration;
use tokio::time::advance;
use vidpipe_aws::KINDS;
use vidpipe_engine::{Graph, Name, Phase, PhysicalId, event::Event, refresh};
use vidpipe_sandbox::Clock;

/// The first node of that kind, and its physical id.
fn node(world: &World, kind: &str) -> (Name, String) {
    let state = world.disk.borrow();
    let (name, entry) = state.entries.iter().find(|(_, e)| e.kind == kind).unwrap_or_else(|| panic!("no {kind}"));
    (name.clone(), entry.phase.id().unwrap().to_string())
}

/// All of it has been there for a long time.
fn age(world: &World) {
    world.disk.borrow_mut().entries.values_mut().for_each(|e| e.since = Timestamp::UNIX_EPOCH);
}

fn failed(world: &World) -> Vec<Name> {
    let failed = |e: &Event| match e {
        Event::Failed { node, .. } => Some(node.clone()),
        _ => None,
    };
    world.events.borrow().iter().filter_map(failed).collect()
}

/// A queue, an alarm and a topic, deleted by hand and made again by somebody who does not use vidpipe.
#[tokio::test(start_paused = true)]
async fn what_somebody_made_again_under_our_names_is_refused_by_name() {
    let world = World::new(Clock::Instant, STREAMFLIX).await;
    world.up(STREAMFLIX).await;
    age(&world);
    let [(queue, url), (alarm, name), (topic, arn)] =
        ["sqs:queue", "cloudwatch:alarm", "sns:topic"].map(|kind| node(&world, kind));
    let aws = &world.aws;
    aws.sqs.delete_queue().queue_url(&url).send().await.unwrap();
    aws.cloudwatch.delete_alarms().alarm_names(&name).send().await.unwrap();
    aws.sns.delete_topic().topic_arn(&arn).send().await.unwrap();
    advance(Duration::from_secs(120)).await;
    aws.sqs.create_queue().queue_name(url.rsplit('/').next().unwrap()).send().await.unwrap();
    let other = aws.cloudwatch.put_metric_alarm().alarm_name(&name).namespace("Theirs").metric_name("Count");
    let other = other.statistic("Sum".into()).period(60).evaluation_periods(1);
    let other = other.comparison_operator("GreaterThanThreshold".into());
    other.threshold(1.0).send().await.unwrap();
    aws.sns.create_topic().name(arn.rsplit(':').next().unwrap()).send().await.unwrap();

    let theirs = world.live();
    let mut state = world.disk.borrow().clone();
    refresh(aws, KINDS, &mut state, Timestamp::from_second(7200).unwrap()).await.unwrap();
    *world.disk.borrow_mut() = state;
    age(&world);
    world.events.borrow_mut().clear();
    let summary = world.go(&world.graph(STREAMFLIX), PLENTY).await;
    assert!(!summary.is_complete(), "{summary:?}");
    for name in [queue, alarm, topic] {
        assert!(failed(&world).contains(&name), "{name} is not named:\n{}", world.failures());
    }
    assert_eq!(world.live(), theirs, "something of theirs was changed");
}

/// A state that somebody edited, or put together.
#[tokio::test(start_paused = true)]
async fn ids_of_somebody_else_in_the_state_are_refused_by_name() {
    let spec = "[encryption]\ncustomer_managed_key = true\n";
    let world = World::new(Clock::Instant, spec).await;
    world.up(spec).await;
    age(&world);
    let aws = &world.aws;
    let vpc = aws.ec2.create_vpc().cidr_block("10.77.0.0/16").send().await.unwrap().vpc.unwrap().vpc_id.unwrap();
    let subnet = aws.ec2.create_subnet().vpc_id(&vpc).cidr_block("10.77.1.0/24").send().await.unwrap();
    let subnet = subnet.subnet.unwrap().subnet_id.unwrap();
    let group = aws.ec2.create_security_group().vpc_id(&vpc).group_name("theirs").description("theirs");
    let group = group.send().await.unwrap().group_id.unwrap();
    let key = aws.kms.create_key().send().await.unwrap().key_metadata.unwrap().key_id;
    let secret = aws.secrets.create_secret().name("theirs").secret_string("theirs").send().await.unwrap().arn.unwrap();
    let planted = [
        ("ec2:subnet", &subnet),
        ("ec2:security-group", &group),
        ("kms:key", &key),
        ("secrets:generated-secret", &secret),
    ]
    .map(|(kind, id)| {
        let (name, _) = node(&world, kind);
        let entry_id = PhysicalId(id.clone());
        world.disk.borrow_mut().entries.get_mut(&name).unwrap().phase = Phase::Deleting { id: entry_id };
        name
    });
    world.events.borrow_mut().clear();
    let summary = world.go(&Graph::default(), PLENTY).await;
    assert!(!summary.is_complete());
    for name in &planted {
        let stays = world.disk.borrow().entries.contains_key(name);
        assert!(stays && failed(&world).contains(name), "{name} is not named:\n{}", world.failures());
    }
    assert!(aws.ec2.describe_subnets().subnet_ids(subnet).send().await.is_ok());
    assert!(aws.ec2.describe_security_groups().group_ids(group).send().await.is_ok());
    assert!(aws.secrets.describe_secret().secret_id(secret).send().await.unwrap().deleted_date.is_none());
    let key = aws.kms.describe_key().key_id(key).send().await.unwrap().key_metadata.unwrap();
    assert!(key.deletion_date.is_none());
}

/// The environment of a copied state is gone, and another one of the same name stands: `down` ends at once, and well.
#[tokio::test(start_paused = true)]
async fn a_copied_state_is_empty_after_down_and_the_sweep_finds_nothing() {
    let world = World::new(Clock::Instant, STREAMTECH).await;
    world.up(STREAMTECH).await;
    age(&world);
    {
        let state = &mut *world.disk.borrow_mut();
        state.env.lineage = "gone".into();
        state.entries.values_mut().for_each(|e| e.token.0.push_str("-gone"));
    }
    let (theirs, began) = (world.live(), tokio::time::Instant::now());
    let (summary, swept) = world.clear().await;
    assert!(summary.is_complete(), "{summary:?}\n{}", world.failures());
    assert!(swept.as_ref().is_some_and(vidpipe_engine::sweep::Swept::is_clean), "{swept:?}");
    assert_eq!(world.live(), theirs, "something of theirs was changed");
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
    let named = world.events.borrow().iter().filter(|e| matches!(e, Event::Theirs { .. })).count();
    assert!(named > 50, "{named} of them are named");
}
