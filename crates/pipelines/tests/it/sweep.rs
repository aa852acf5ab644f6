//! The sweep after `down`: its findings, the foreign resources it leaves alone, and what it reports as unknown.
use crate::{
    calls::{Emptied, Unanswered},
    harness::{Harness, STREAMFLIX},
};
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use std::{collections::BTreeSet, rc::Rc, time::Duration};
use tokio::time::{Instant, advance};
use vidpipe_aws::{Aws, Connection, KINDS, sweep};
use vidpipe_engine::{
    Class, Identity, State, Stop, kind_of,
    sweep::{Found, Swept, Verdict, read_again},
};
use vidpipe_sandbox::{Clock, Conditions, Speed};

async fn swept(harness: &Harness, state: &State) -> Swept {
    sweep::sweep(&harness.aws, state, &Stop::default()).await.unwrap()
}

/// The same environment with nothing recorded, not even names.
fn forgotten(harness: &Harness) -> State {
    let mut state = harness.disk.borrow().clone();
    state.entries.clear();
    state.removed.clear();
    state
}

fn describe(found: &Found) -> String {
    format!("{} {} {}", found.service, found.what, found.name)
}

fn left(swept: &Swept) -> Vec<String> {
    swept.left().map(describe).collect()
}

#[tokio::test(start_paused = true)]
async fn after_down_only_the_key_is_there_and_it_says_when_it_ends() {
    let harness = Harness::new(Clock::Instant, "").await;
    harness.up("").await;
    harness.down().await;
    let state = harness.disk.borrow().clone();
    let (swept, changed) = (swept(&harness, &state).await, harness.calls.take());
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
    assert!(!sweep::may_come_back(&forgotten(&harness)) && sweep::may_come_back(&state));
    // A sweep only reads.
    let after = sweep::sweep(&harness.aws, &state, &Stop::default()).await.unwrap();
    assert_eq!((after.asked, harness.calls.take()), (swept.asked, crate::calls::Counts::new()), "{changed:?}");
}

#[tokio::test(start_paused = true)]
async fn everything_is_found_by_its_tags_alone() {
    let harness = Harness::new(Clock::Instant, "").await;
    harness.up("").await;
    let swept = swept(&harness, &forgotten(&harness)).await;
    assert_eq!((swept.unknown.as_slice(), swept.expiring().count()), ([].as_slice(), 0));
    let kinds: BTreeSet<String> = swept.left().map(|f| format!("{}:{}", f.service, f.what)).collect();
    insta::assert_snapshot!(Vec::from_iter(kinds).join("\n"));
}

#[tokio::test(start_paused = true)]
async fn everything_is_found_by_its_intent_and_its_id() {
    let harness = Harness::new(Clock::Instant, "").await;
    harness.up("").await;
    let state = harness.disk.borrow().clone();
    let swept = read_again(&harness.aws, KINDS, &state, &Stop::default()).await.unwrap();
    let found: BTreeSet<String> = swept.left().map(|f| f.name.clone()).collect();
    // Settings are deleted with their owner, finished jobs cannot be left over, and account-wide resources stay.
    let counts = |kind: &str| {
        let kind = kind_of(KINDS, kind).unwrap();
        !matches!(kind.identity(), Identity::Setting | Identity::Shared) && !kind.is_one_shot()
    };
    let made = state.entries.iter().filter(|(_, e)| counts(&e.kind)).map(|(name, _)| name.0.clone());
    assert_eq!(found, made.collect());
    assert_eq!(swept.unknown, []);
}

#[tokio::test(start_paused = true)]
async fn what_is_of_another_lineage_is_not_ours_whatever_its_name() {
    let harness = Harness::new(Clock::Instant, "").await;
    harness.up("").await;
    for (lineage, suffix) in [("theirs", "demo"), ("theirs", "dem"), ("ours-2", "mo"), ("our", "demo")] {
        let mut state = forgotten(&harness);
        (state.env.lineage, state.env.suffix) = (lineage.into(), suffix.into());
        let swept = swept(&harness, &state).await;
        assert_eq!((swept.found, swept.unknown), (vec![], vec![]), "{lineage} {suffix}");
    }
    // The same holds if the names are recorded and only the lineage differs.
    let mut state = harness.disk.borrow().clone();
    state.env.lineage = "theirs".into();
    let swept = sweep::sweep_again(&harness.aws, &state, Swept::default(), &Stop::default()).await.unwrap();
    assert_eq!(swept.found, []);
}

#[tokio::test(start_paused = true)]
async fn what_services_make_by_themselves_is_found_by_its_name() {
    let harness = Harness::new(Clock::Instant, "").await;
    harness.up("").await;
    let (_, api) = harness.nodes()["api"].clone();
    harness.down().await;
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
        harness.aws.logs.create_log_group().log_group_name(group).send().await.unwrap();
    }
    for service in ["video-processing-demo/video-processor-demo", "video-processing-demo2/video-processor-demo2"] {
        let name = format!("TargetTracking-service/{service}-AlarmHigh-1");
        let call = harness.aws.cloudwatch.put_metric_alarm().alarm_name(name).namespace("AWS/ECS").threshold(70.0);
        let call = call.metric_name("CPUUtilization").period(60).evaluation_periods(3).statistic("Average".into());
        call.comparison_operator("GreaterThanThreshold".into()).send().await.unwrap();
    }
    let state = harness.disk.borrow().clone();
    let mut expected = ours.map(|group| format!("logs service-log-group {group}")).to_vec();
    expected.sort();
    let again = sweep::sweep_again(&harness.aws, &state, Swept::default(), &Stop::default()).await.unwrap();
    assert_eq!(left(&again), expected);
    let alarm = "cloudwatch alarm TargetTracking-service/video-processing-demo/video-processor-demo-AlarmHigh-1";
    expected.insert(0, alarm.into());
    assert_eq!(left(&swept(&harness, &state).await), expected);
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_is_listed_after_it_went_is_not_left() {
    let harness = Harness::new(Clock::Real, STREAMFLIX).await;
    harness.up(STREAMFLIX).await;
    // Under these conditions SQS lists a deleted queue for the maximum time.
    harness.sandbox.set(Conditions { speed: Speed::Slow, ..Conditions::default() });
    let url = harness.nodes()["dead-letter-queue"].1.clone();
    harness.aws.sqs.delete_queue().queue_url(&url).send().await.unwrap();
    let state = harness.disk.borrow().clone();
    let first = swept(&harness, &state).await;
    let queues = |swept: &Swept| swept.left().filter(|f| f.service == "sqs").count();
    assert_eq!(queues(&first), 1, "it is listed");
    let again = async |first| sweep::sweep_again(&harness.aws, &state, first, &Stop::default()).await.unwrap();
    assert_eq!(queues(&again(first.clone()).await), 1, "it is still listed, and nobody knows better");
    advance(sweep::QUIET).await;
    let (others, second) = (first.left().filter(|f| f.service != "sqs").count(), again(first.clone()).await);
    assert_eq!((queues(&second), second.left().count()), (0, others), "what else was found is not forgotten");
}

/// At least one listing of each service.
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
    let harness = Harness::new(Clock::Instant, "").await;
    let state = harness.disk.borrow().clone();
    for (operation, service, what) in LISTINGS {
        let mut interceptors = harness.sandbox.interceptors();
        interceptors.push(SharedInterceptor::new(Unanswered(operation)));
        let connection = Connection::in_process(&state.env.region, harness.sandbox.http_client(), interceptors);
        let aws = Rc::new(Aws::connect(connection).await);
        let swept = sweep::sweep(&aws, &state, &Stop::default()).await.unwrap();
        let unknown: Vec<_> = swept.unknown.iter().map(|u| (u.service.as_str(), u.what.as_str())).collect();
        assert_eq!(unknown, [(service, what)], "{operation}");
        assert!(!swept.is_clean() && swept.found.is_empty(), "{operation}");
    }
}

/// Responses that omit what was requested.
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
    let harness = Harness::new(Clock::Instant, "").await;
    harness.up("").await;
    let state = harness.disk.borrow().clone();
    for (emptied, service, what) in EMPTIED {
        let mut interceptors = harness.sandbox.interceptors();
        interceptors.push(SharedInterceptor::new(emptied));
        let connection = Connection::in_process(&state.env.region, harness.sandbox.http_client(), interceptors);
        let aws = Rc::new(Aws::connect(connection).await);
        let swept = sweep::sweep(&aws, &forgotten(&harness), &Stop::default()).await.unwrap();
        let is_unknown = swept.unknown.iter().any(|u| (u.service.as_str(), u.what.as_str()) == (service, what));
        assert!(is_unknown, "{service}: {:?}", swept.unknown);
    }
}

#[tokio::test(start_paused = true)]
async fn all_that_is_found_can_be_removed_and_is() {
    let harness = Harness::new(Clock::Instant, "").await;
    harness.up("").await;
    // Nothing is recorded as existing, as if every deletion had been reported as complete but was not.
    {
        let mut state = harness.disk.borrow_mut();
        let entries = std::mem::take(&mut state.entries);
        state.removed.extend(entries);
    }
    let state = harness.disk.borrow().clone();
    // Network interfaces and target tracking's alarms are deleted with their owner.
    let of_its_own = |f: &&Found| f.remains.is_none() && f.what != "network-interface" && !f.why().contains("tracking");
    let without: Vec<String> = swept(&harness, &state).await.left().filter(of_its_own).map(describe).collect();
    assert_eq!(without, [""; 0]);
    let (summary, swept) = harness.clear().await;
    assert!(summary.is_complete() && swept.unwrap().is_clean(), "{}", harness.failures());
    harness.assert_nothing_left("after what was found");
}

#[tokio::test(start_paused = true)]
async fn it_ends_at_once_when_it_is_asked_to_stop() {
    let (harness, stop, began) = (Harness::new(Clock::Instant, "").await, Stop::default(), Instant::now());
    stop.ask();
    let state = harness.disk.borrow().clone();
    let error = sweep::sweep(&harness.aws, &state, &stop).await.unwrap_err();
    assert_eq!(error.class, Class::Interrupted, "{error}");
    assert!(began.elapsed() < Duration::from_secs(5));
}
