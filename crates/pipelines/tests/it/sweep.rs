//! The sweep after `down`: what it finds, what it leaves to others, and what it does not pretend to know.
use crate::{
    calls::{Emptied, Unanswered},
    world::{STREAMFLIX, World},
};
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use std::{collections::BTreeSet, rc::Rc, time::Duration};
use tokio::time::{Instant, advance};
use vidpipe_aws::{Aws, Connection, KINDS, sweep};
use vidpipe_engine::{
    Class, Identity, State, Stop, kind_of,
    sweep::{Found, Swept, Verdict, look_again},
};
use vidpipe_sandbox::{Clock, Conditions, Speed};

async fn swept(world: &World, state: &State) -> Swept {
    sweep::sweep(&world.aws, state, &Stop::default()).await.unwrap()
}

/// The same environment, of which nothing is recorded: not even names.
fn forgotten(world: &World) -> State {
    let mut state = world.disk.borrow().clone();
    state.entries.clear();
    state.removed.clear();
    state
}

fn told(found: &Found) -> String {
    format!("{} {} {}", found.service, found.what, found.name)
}

fn left(swept: &Swept) -> Vec<String> {
    swept.left().map(told).collect()
}

#[tokio::test(start_paused = true)]
async fn after_down_only_the_key_is_there_and_it_says_when_it_ends() {
    let world = World::new(Clock::Instant, "").await;
    world.up("").await;
    world.down().await;
    let state = world.disk.borrow().clone();
    let (swept, changed) = (swept(&world, &state).await, world.calls.take());
    assert_eq!((left(&swept), &swept.unknown), (vec![], &vec![]));
    assert!(swept.is_clean());
    let expiring: Vec<&Found> = swept.expiring().collect();
    let [key] = expiring.as_slice() else { panic!("{expiring:?}") };
    assert_eq!((key.service.as_str(), key.what.as_str()), ("kms", "key"));
    let Verdict::Expiring { when: Some(when), .. } = key.verdict else { panic!("{key:?}") };
    let days = when.duration_since(vidpipe_engine::Clock::start().now()).as_hours() / 24;
    assert!((6..=7).contains(&days), "{when}");
    assert_eq!(swept.services, 18);
    assert!(swept.asked > state.removed.len(), "{} looks", swept.asked);
    assert!(!sweep::may_come_back(&forgotten(&world)) && sweep::may_come_back(&state));
    // It only looks.
    let after = sweep::sweep(&world.aws, &state, &Stop::default()).await.unwrap();
    assert_eq!((after.asked, world.calls.take()), (swept.asked, crate::calls::Counts::new()), "{changed:?}");
}

#[tokio::test(start_paused = true)]
async fn everything_is_found_by_its_tags_alone() {
    let world = World::new(Clock::Instant, "").await;
    world.up("").await;
    let swept = swept(&world, &forgotten(&world)).await;
    assert_eq!((swept.unknown.as_slice(), swept.expiring().count()), ([].as_slice(), 0));
    let kinds: BTreeSet<String> = swept.left().map(|f| format!("{}:{}", f.service, f.what)).collect();
    insta::assert_snapshot!(Vec::from_iter(kinds).join("\n"));
}

#[tokio::test(start_paused = true)]
async fn everything_is_found_by_its_intent_and_its_id() {
    let world = World::new(Clock::Instant, "").await;
    world.up("").await;
    let state = world.disk.borrow().clone();
    let swept = look_again(&world.aws, KINDS, &state, &Stop::default()).await.unwrap();
    let found: BTreeSet<String> = swept.left().map(|f| f.name.clone()).collect();
    // Settings go with their owner, what is over is nothing that could be left, and what is the account's stays.
    let counts = |kind: &str| {
        let kind = kind_of(KINDS, kind).unwrap();
        !matches!(kind.identity(), Identity::Setting | Identity::Shared) && !kind.ends()
    };
    let made = state.entries.iter().filter(|(_, e)| counts(&e.kind)).map(|(name, _)| name.0.clone());
    assert_eq!(found, made.collect());
    assert_eq!(swept.unknown, []);
}

#[tokio::test(start_paused = true)]
async fn what_is_of_another_lineage_is_not_ours_whatever_its_name() {
    let world = World::new(Clock::Instant, "").await;
    world.up("").await;
    for (lineage, suffix) in [("theirs", "demo"), ("theirs", "dem"), ("ours-2", "mo"), ("our", "demo")] {
        let mut state = forgotten(&world);
        (state.env.lineage, state.env.suffix) = (lineage.into(), suffix.into());
        let swept = swept(&world, &state).await;
        assert_eq!((swept.found, swept.unknown), (vec![], vec![]), "{lineage} {suffix}");
    }
    // Nor is it when its names are recorded, and only its lineage differs.
    let mut state = world.disk.borrow().clone();
    state.env.lineage = "theirs".into();
    let swept = sweep::sweep_again(&world.aws, &state, Swept::default(), &Stop::default()).await.unwrap();
    assert_eq!(swept.found, []);
}

#[tokio::test(start_paused = true)]
async fn what_services_make_by_themselves_is_found_by_its_name() {
    let world = World::new(Clock::Instant, "").await;
    world.up("").await;
    let (_, api) = world.nodes()["api"].clone();
    world.down().await;
    let ours = [
        "/aws/ecs/containerinsights/video-processing-demo/performance".to_owned(),
        "/aws/rds/instance/rds-postgresql-demo/postgresql".into(),
        format!("API-Gateway-Execution-Logs_{api}/prod"),
    ];
    let neighbours = [
        "/aws/ecs/containerinsights/video-processing-demo2/performance",
        "/aws/ecs/containerinsights/video-processing-demo-2/performance",
        "/aws/rds/instance/rds-postgresql-demo-2/postgresql",
        "API-Gateway-Execution-Logs_another/prod",
        "/ecs/video-api-demo",
    ];
    for group in ours.iter().map(String::as_str).chain(neighbours) {
        world.aws.logs.create_log_group().log_group_name(group).send().await.unwrap();
    }
    for service in ["video-processing-demo/video-processor-demo", "video-processing-demo2/video-processor-demo2"] {
        let name = format!("TargetTracking-service/{service}-AlarmHigh-1");
        let call = world.aws.cloudwatch.put_metric_alarm().alarm_name(name).namespace("AWS/ECS").threshold(70.0);
        let call = call.metric_name("CPUUtilization").period(60).evaluation_periods(3).statistic("Average".into());
        call.comparison_operator("GreaterThanThreshold".into()).send().await.unwrap();
    }
    let state = world.disk.borrow().clone();
    let mut wanted = ours.map(|group| format!("logs service-log-group {group}")).to_vec();
    wanted.sort();
    let again = sweep::sweep_again(&world.aws, &state, Swept::default(), &Stop::default()).await.unwrap();
    assert_eq!(left(&again), wanted);
    let alarm = "cloudwatch alarm TargetTracking-service/video-processing-demo/video-processor-demo-AlarmHigh-1";
    wanted.insert(0, alarm.into());
    assert_eq!(left(&swept(&world, &state).await), wanted);
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_is_listed_after_it_went_is_not_left() {
    let world = World::new(Clock::Real, STREAMFLIX).await;
    world.up(STREAMFLIX).await;
    // On such a day SQS goes on listing a deleted queue for as long as it may.
    world.sandbox.set(Conditions { speed: Speed::Slow, ..Conditions::default() });
    let url = world.nodes()["dead-letters"].1.clone();
    world.aws.sqs.delete_queue().queue_url(&url).send().await.unwrap();
    let state = world.disk.borrow().clone();
    let first = swept(&world, &state).await;
    let queues = |swept: &Swept| swept.left().filter(|f| f.service == "sqs").count();
    assert_eq!(queues(&first), 1, "it is listed");
    let again = async |first| sweep::sweep_again(&world.aws, &state, first, &Stop::default()).await.unwrap();
    assert_eq!(queues(&again(first.clone()).await), 1, "it is still listed, and nobody knows better");
    advance(sweep::QUIET).await;
    let (others, second) = (first.left().filter(|f| f.service != "sqs").count(), again(first.clone()).await);
    assert_eq!((queues(&second), second.left().count()), (0, others), "what else was found is not forgotten");
}

/// One listing of each service, and more.
const LISTINGS: [(&str, &str, &str); 21] = [
    ("GetRestApis", "apigateway", "REST APIs"),
    ("ListTrails", "cloudtrail", "trails"),
    ("DescribeAlarms", "cloudwatch", "alarms"),
    ("DescribeNatGateways", "ec2", "NAT gateways"),
    ("DescribeAddresses", "ec2", "elastic IP addresses"),
    ("ListClusters", "ecs", "clusters and services"),
    ("DescribeFileSystems", "efs", "file systems"),
    ("DescribeReplicationGroups", "elasticache", "replication groups"),
    ("DescribeLoadBalancers", "elb", "load balancers"),
    ("ListRoles", "iam", "roles"),
    ("ListStreams", "kinesis", "streams"),
    ("ListKeys", "kms", "keys"),
    ("ListAliases", "kms", "aliases"),
    ("DescribeLogGroups", "logs", "log groups"),
    ("DescribeDBInstances", "rds", "DB instances"),
    ("ListBuckets", "s3", "buckets"),
    ("DescribeScalableTargets", "scaling", "scalable targets"),
    ("ListSecrets", "secrets", "secrets"),
    ("ListTopics", "sns", "topics"),
    ("ListSubscriptions", "sns", "subscriptions"),
    ("ListQueues", "sqs", "queues"),
];

#[tokio::test(start_paused = true)]
async fn a_question_without_an_answer_is_unknown() {
    let world = World::new(Clock::Instant, "").await;
    let state = world.disk.borrow().clone();
    for (operation, service, what) in LISTINGS {
        let mut interceptors = world.sandbox.interceptors();
        interceptors.push(SharedInterceptor::new(Unanswered(operation)));
        let connection = Connection::in_process(&state.env.region, world.sandbox.http_client(), interceptors);
        let aws = Rc::new(Aws::connect(connection).await);
        let swept = sweep::sweep(&aws, &state, &Stop::default()).await.unwrap();
        let unknown: Vec<_> = swept.unknown.iter().map(|u| (u.service.as_str(), u.what.as_str())).collect();
        assert_eq!(unknown, [(service, what)], "{operation}");
        assert!(!swept.is_clean() && swept.found.is_empty(), "{operation}");
    }
}

/// What was asked for and is not told of.
const EMPTIED: [(Emptied, &str, &str); 2] = [
    (Emptied("DescribeClusters", r#"{"clusters": [], "failures": []}"#), "ecs", "clusters and services"),
    (
        Emptied(
            "DescribeTags",
            "<DescribeTagsResponse><DescribeTagsResult><TagDescriptions/></DescribeTagsResult></DescribeTagsResponse>",
        ),
        "elb",
        "load balancers",
    ),
];

#[tokio::test(start_paused = true)]
async fn an_incomplete_answer_is_unknown_and_not_gone() {
    let world = World::new(Clock::Instant, "").await;
    world.up("").await;
    let state = world.disk.borrow().clone();
    for (emptied, service, what) in EMPTIED {
        let mut interceptors = world.sandbox.interceptors();
        interceptors.push(SharedInterceptor::new(emptied));
        let connection = Connection::in_process(&state.env.region, world.sandbox.http_client(), interceptors);
        let aws = Rc::new(Aws::connect(connection).await);
        let swept = sweep::sweep(&aws, &forgotten(&world), &Stop::default()).await.unwrap();
        let is_unknown = swept.unknown.iter().any(|u| (u.service.as_str(), u.what.as_str()) == (service, what));
        assert!(is_unknown, "{service}: {:?}", swept.unknown);
    }
}

#[tokio::test(start_paused = true)]
async fn all_that_is_found_can_be_removed_and_is() {
    let world = World::new(Clock::Instant, "").await;
    world.up("").await;
    // Nothing of it is recorded as there, as if every answer to a removal had been a lie.
    {
        let mut state = world.disk.borrow_mut();
        let entries = std::mem::take(&mut state.entries);
        state.removed.extend(entries);
    }
    let state = world.disk.borrow().clone();
    // Interfaces and tracking's own alarms go with what they are of.
    let of_its_own = |f: &&Found| f.remains.is_none() && f.what != "network-interface" && !f.why().contains("tracking");
    let without: Vec<String> = swept(&world, &state).await.left().filter(of_its_own).map(told).collect();
    assert_eq!(without, [""; 0]);
    let (summary, swept) = world.clear().await;
    assert!(summary.is_complete() && swept.unwrap().is_clean(), "{}", world.failures());
    world.assert_nothing_left("after what was found");
}

#[tokio::test(start_paused = true)]
async fn it_ends_at_once_when_it_is_asked_to_stop() {
    let (world, stop, began) = (World::new(Clock::Instant, "").await, Stop::default(), Instant::now());
    stop.ask();
    let state = world.disk.borrow().clone();
    let error = sweep::sweep(&world.aws, &state, &stop).await.unwrap_err();
    assert_eq!(error.class, Class::Interrupted, "{error}");
    assert!(began.elapsed() < Duration::from_secs(5));
}
