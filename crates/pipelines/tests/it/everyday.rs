//! Routine AWS behaviour that a run must tolerate: busy resources, raised versions, stopped databases, transient
//! failures. None of it counts as a change.
use crate::{
    harness::{Harness, PLENTY, STREAMFLIX, STREAMTECH},
    sound::{Sound, TAGS},
};
use jiff::Timestamp;
use std::{collections::BTreeSet, time::Duration};
use tokio::time::advance;
use vidpipe_aws::KINDS;
use vidpipe_engine::{Drift, refresh};
use vidpipe_sandbox::{Clock, Conditions, Incident};

/// Longer than any operation in these tests.
const LONG: Duration = Duration::from_secs(7200);

async fn refreshed(harness: &Harness) -> Vec<(String, Drift)> {
    let mut state = harness.disk.borrow().clone();
    let drifted = refresh(&harness.aws, KINDS, &mut state, Timestamp::UNIX_EPOCH).await.unwrap();
    *harness.disk.borrow_mut() = state;
    drifted.into_iter().map(|(node, drift)| (node.0, drift)).collect()
}

#[tokio::test(start_paused = true)]
async fn a_version_that_aws_raised_stays_and_is_never_lowered() {
    let harness = Harness::new(Clock::Instant, "[cache]\nengine_version = \"7.0\"\n").await;
    harness.up("[cache]\nengine_version = \"7.0\"\n").await;
    let id = harness.nodes()["cache"].1.clone();
    let raised = harness.aws.elasticache.modify_replication_group().replication_group_id(id).engine_version("7.1");
    raised.send().await.unwrap();
    assert_eq!(refreshed(&harness).await, []);
    harness.up("[cache]\nengine_version = \"7.0\"\nnode_type = \"cache.t3.small\"\n").await;
    let seen = harness.aws.elasticache.describe_cache_clusters().send().await.unwrap();
    assert_eq!(seen.cache_clusters()[0].engine_version(), Some("7.1.7"));
}

/// Backups, snapshots and deployments are routine, and no drift.
#[tokio::test(start_paused = true)]
async fn what_is_busy_is_no_drift() {
    let harness = Harness::new(Clock::Real, STREAMTECH).await;
    harness.up(STREAMTECH).await;
    let nodes = harness.nodes();
    let aws = &harness.aws;
    let backup = aws.rds.create_db_snapshot().db_snapshot_identifier("s").db_instance_identifier(&nodes["database"].1);
    backup.send().await.unwrap();
    let snapshot = aws.elasticache.create_snapshot().snapshot_name("s").replication_group_id(&nodes["cache"].1);
    snapshot.send().await.unwrap();
    for service in aws.ecs.list_services().cluster("video-processing-demo").send().await.unwrap().service_arns() {
        let deploy = aws.ecs.update_service().cluster("video-processing-demo").service(service);
        deploy.force_new_deployment(true).send().await.unwrap();
    }
    let seen = aws.rds.describe_db_instances().send().await.unwrap();
    assert_eq!(seen.db_instances()[0].db_instance_status(), Some("backing-up"));
    let seen = aws.elasticache.describe_replication_groups().send().await.unwrap();
    assert_eq!(seen.replication_groups()[0].status(), Some("snapshotting"));
    assert_eq!(refreshed(&harness).await, []);
}

/// A run that changes a stopped database starts it first; nothing is recreated.
#[tokio::test(start_paused = true)]
async fn a_stopped_database_is_started_and_then_changed() {
    let harness = Harness::new(Clock::Real, STREAMTECH).await;
    harness.up(STREAMTECH).await;
    let id = harness.nodes()["database"].1.clone();
    let before = harness.nodes();
    harness.aws.rds.stop_db_instance().db_instance_identifier(&id).send().await.unwrap();
    advance(LONG).await;
    let drifted = refreshed(&harness).await;
    assert!(
        matches!(&drifted[..], [(node, Drift::Changed(why))] if node == "database" && why.starts_with("stopped")),
        "{drifted:?}"
    );
    harness.up("[database]\nbackup_retention_days = 9\n").await;
    let seen = harness.aws.rds.describe_db_instances().send().await.unwrap();
    let seen = &seen.db_instances()[0];
    assert_eq!((seen.db_instance_status(), seen.backup_retention_period()), (Some("available"), Some(9)));
    assert_eq!(harness.nodes(), before);
}

#[tokio::test(start_paused = true)]
async fn a_stopped_database_can_be_removed_also_protected() {
    for protect in ["protect = true\n", ""] {
        let harness = Harness::new(Clock::Real, protect).await;
        harness.up(protect).await;
        let id = harness.nodes()["database"].1.clone();
        harness.aws.rds.stop_db_instance().db_instance_identifier(&id).send().await.unwrap();
        advance(LONG).await;
        harness.down().await;
        harness.assert_nothing_left(protect);
    }
}

/// The spec sets the number of tasks, unless auto-scaling does.
#[tokio::test(start_paused = true)]
async fn a_number_of_tasks_is_put_back_where_nothing_scales() {
    let harness = Harness::new(Clock::Instant, STREAMTECH).await;
    harness.up(STREAMTECH).await;
    let cluster = "video-processing-demo";
    let scaled = harness.aws.scaling.describe_scalable_targets().service_namespace("ecs".into()).send().await.unwrap();
    let scaled: BTreeSet<_> = scaled.scalable_targets().iter().map(|t| t.resource_id().to_owned()).collect();
    let mut expected = BTreeSet::new();
    let entries = harness.disk.borrow().entries.clone();
    for (node, entry) in &entries {
        let Some(id) = entry.phase.id().filter(|_| entry.kind == "ecs:service") else { continue };
        let more = harness.aws.ecs.update_service().cluster(cluster).service(&id.0).desired_count(4);
        more.send().await.unwrap();
        if !scaled.iter().any(|target| id.0.ends_with(target.as_str())) {
            expected.insert(node.0.clone());
        }
    }
    assert!(!expected.is_empty() && !scaled.is_empty(), "{expected:?} {scaled:?}");
    let drifted: BTreeSet<_> = refreshed(&harness).await.into_iter().map(|(node, _)| node).collect();
    assert_eq!(drifted, expected);
    harness.up(STREAMTECH).await;
    assert_eq!(refreshed(&harness).await, []);
}

/// The last poll sees a transient failure.
#[tokio::test(start_paused = true)]
async fn a_load_balancer_that_fails_for_a_moment_is_waited_for() {
    let harness = Harness::new(Clock::Real, STREAMTECH).await;
    harness.sandbox.set(Conditions::default().with_incident(Incident::BalancerStumbles, 1));
    harness.up(STREAMTECH).await;
    harness.assert_whole(&harness.graph(STREAMTECH), "after a stumble");
}

/// A cluster does not wait for a secret that only its instances complete.
#[tokio::test(start_paused = true)]
async fn a_cluster_whose_instances_fail_is_ready() {
    let harness = Harness::new(Clock::Real, STREAMFLIX).await;
    harness.sandbox.set(Conditions::default().with_incident(Incident::ClusterInstanceFails, 2));
    let summary = harness.go(&harness.graph(STREAMFLIX), PLENTY).await;
    assert!(!summary.is_complete());
    assert_eq!(harness.nodes()["database"].0, "ready", "{}", harness.failures());
}

#[tokio::test(start_paused = true)]
async fn what_somebody_changed_and_nothing_else_is_put_back() {
    let s = Sound::new().await;
    let database = s.aws().rds.modify_db_instance().db_instance_identifier(s.id("database")).apply_immediately(true);
    database.auto_minor_version_upgrade(false).send().await.unwrap();
    let role = s.harness.nodes().into_keys().find(|node| node.ends_with("-task-role")).unwrap();
    let described = s.aws().iam.update_role().role_name(s.id(&role)).description("of somebody else");
    described.send().await.unwrap();
    let drifted: Vec<_> = refreshed(&s.harness).await.into_iter().map(|(node, _)| node).collect();
    assert_eq!(drifted, ["database".to_owned(), role]);
    s.harness.calls.take_asked();
    s.harness.up(TAGS).await;
    let asked: BTreeSet<_> = s.harness.calls.take_asked().into_iter().collect();
    let database = ["db_instance_identifier", "apply_immediately", "auto_minor_version_upgrade"].map(str::to_owned);
    assert_eq!(
        asked,
        [
            ("ModifyDBInstance".into(), database.into()),
            ("UpdateRole".into(), ["role_name", "description"].map(str::to_owned).into())
        ]
        .into()
    );
}

/// RDS allows storage to grow once in six hours: an earlier run that requests more reports it, and a later run
/// succeeds.
#[tokio::test(start_paused = true)]
async fn storage_that_grew_a_moment_ago_grows_later() {
    let harness = Harness::new(Clock::Real, STREAMTECH).await;
    harness.up(STREAMTECH).await;
    harness.up("[database]\nstorage_gib = 200\n").await;
    let more = harness.graph("[database]\nstorage_gib = 300\n");
    let summary = harness.go(&more, PLENTY).await;
    assert!(!summary.is_complete());
    let failures = harness.failures();
    assert!(
        failures.contains("previous storage change is being optimized") && failures.contains("6 hours"),
        "{failures}"
    );
    advance(LONG * 3).await;
    harness.done(&more).await;
    let seen = harness.aws.rds.describe_db_instances().send().await.unwrap();
    assert_eq!(seen.db_instances()[0].allocated_storage(), Some(300));
}
