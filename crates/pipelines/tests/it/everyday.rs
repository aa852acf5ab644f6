//! What AWS does every day and a run must bear: it is busy, it raises versions, it is stopped, it fails for a moment. Nothing of
//! that is anybody's change.
use crate::{
    sound::{Sound, TAGS},
    world::{PLENTY, STREAMFLIX, STREAMTECH, World},
};
use jiff::Timestamp;
use std::{collections::BTreeSet, time::Duration};
use tokio::time::advance;
use vidpipe_aws::KINDS;
use vidpipe_engine::{Drift, refresh};
use vidpipe_sandbox::{Clock, Conditions, Incident};

/// Longer than anything of these tests takes.
const LONG: Duration = Duration::from_secs(7200);

async fn refreshed(world: &World) -> Vec<(String, Drift)> {
    let mut state = world.disk.borrow().clone();
    let drifted = refresh(&world.aws, KINDS, &mut state, Timestamp::UNIX_EPOCH).await.unwrap();
    *world.disk.borrow_mut() = state;
    drifted.into_iter().map(|(node, drift)| (node.0, drift)).collect()
}

#[tokio::test(start_paused = true)]
async fn a_version_that_aws_raised_stays_and_is_never_lowered() {
    let world = World::new(Clock::Instant, "[cache]\nengine_version = \"7.0\"\n").await;
    world.up("[cache]\nengine_version = \"7.0\"\n").await;
    let id = world.nodes()["cache"].1.clone();
    let raised = world.aws.elasticache.modify_replication_group().replication_group_id(id).engine_version("7.1");
    raised.send().await.unwrap();
    assert_eq!(refreshed(&world).await, []);
    world.up("[cache]\nengine_version = \"7.0\"\nnode_type = \"cache.t3.small\"\n").await;
    let seen = world.aws.elasticache.describe_cache_clusters().send().await.unwrap();
    assert_eq!(seen.cache_clusters()[0].engine_version(), Some("7.1.7"));
}

/// Backups, snapshots and deployments are everyday, and nobody's change.
#[tokio::test(start_paused = true)]
async fn what_is_busy_is_no_drift() {
    let world = World::new(Clock::Real, STREAMTECH).await;
    world.up(STREAMTECH).await;
    let nodes = world.nodes();
    let aws = &world.aws;
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
    assert_eq!(refreshed(&world).await, []);
}

/// A run that means to change what is stopped starts it first; nothing is made anew.
#[tokio::test(start_paused = true)]
async fn a_stopped_database_is_started_and_then_changed() {
    let world = World::new(Clock::Real, STREAMTECH).await;
    world.up(STREAMTECH).await;
    let id = world.nodes()["database"].1.clone();
    let before = world.nodes();
    world.aws.rds.stop_db_instance().db_instance_identifier(&id).send().await.unwrap();
    advance(LONG).await;
    let drifted = refreshed(&world).await;
    assert!(
        matches!(&drifted[..], [(node, Drift::Changed(why))] if node == "database" && why.starts_with("stopped")),
        "{drifted:?}"
    );
    world.up("[database]\nbackup_retention_days = 9\n").await;
    let seen = world.aws.rds.describe_db_instances().send().await.unwrap();
    let seen = &seen.db_instances()[0];
    assert_eq!((seen.db_instance_status(), seen.backup_retention_period()), (Some("available"), Some(9)));
    assert_eq!(world.nodes(), before);
}

#[tokio::test(start_paused = true)]
async fn a_stopped_database_can_be_removed_also_protected() {
    for protect in ["protect = true\n", ""] {
        let world = World::new(Clock::Real, protect).await;
        world.up(protect).await;
        let id = world.nodes()["database"].1.clone();
        world.aws.rds.stop_db_instance().db_instance_identifier(&id).send().await.unwrap();
        advance(LONG).await;
        world.down().await;
        world.assert_nothing_left(protect);
    }
}

/// The number of tasks is the spec's, unless auto-scaling says it.
#[tokio::test(start_paused = true)]
async fn a_number_of_tasks_is_put_back_where_nothing_scales() {
    let world = World::new(Clock::Instant, STREAMTECH).await;
    world.up(STREAMTECH).await;
    let cluster = "video-processing-demo";
    let scaled = world.aws.scaling.describe_scalable_targets().service_namespace("ecs".into()).send().await.unwrap();
    let scaled: BTreeSet<_> = scaled.scalable_targets().iter().map(|t| t.resource_id().to_owned()).collect();
    let mut expected = BTreeSet::new();
    let entries = world.disk.borrow().entries.clone();
    for (node, entry) in &entries {
        let Some(id) = entry.phase.id().filter(|_| entry.kind == "ecs:service") else { continue };
        let more = world.aws.ecs.update_service().cluster(cluster).service(&id.0).desired_count(4);
        more.send().await.unwrap();
        if !scaled.iter().any(|target| id.0.ends_with(target.as_str())) {
            expected.insert(node.0.clone());
        }
    }
    assert!(!expected.is_empty() && !scaled.is_empty(), "{expected:?} {scaled:?}");
    let drifted: BTreeSet<_> = refreshed(&world).await.into_iter().map(|(node, _)| node).collect();
    assert_eq!(drifted, expected);
    world.up(STREAMTECH).await;
    assert_eq!(refreshed(&world).await, []);
}

/// The last look finds a failure that passes.
#[tokio::test(start_paused = true)]
async fn a_load_balancer_that_fails_for_a_moment_is_waited_for() {
    let world = World::new(Clock::Real, STREAMTECH).await;
    world.sandbox.set(Conditions::default().with_incident(Incident::BalancerStumbles, 1));
    world.up(STREAMTECH).await;
    world.assert_whole(&world.graph(STREAMTECH), "after a stumble");
}

/// A cluster waits for no secret that only an instance of it completes.
#[tokio::test(start_paused = true)]
async fn a_cluster_whose_instances_fail_is_ready() {
    let world = World::new(Clock::Real, STREAMFLIX).await;
    world.sandbox.set(Conditions::default().with_incident(Incident::ClusterInstanceFails, 2));
    let summary = world.go(&world.graph(STREAMFLIX), PLENTY).await;
    assert!(!summary.is_complete());
    assert_eq!(world.nodes()["database"].0, "ready", "{}", world.failures());
}

#[tokio::test(start_paused = true)]
async fn what_somebody_changed_and_nothing_else_is_put_back() {
    let s = Sound::new().await;
    let database = s.aws().rds.modify_db_instance().db_instance_identifier(s.id("database")).apply_immediately(true);
    database.auto_minor_version_upgrade(false).send().await.unwrap();
    let role = s.world.nodes().into_keys().find(|node| node.ends_with("-task-role")).unwrap();
    let described = s.aws().iam.update_role().role_name(s.id(&role)).description("of somebody else");
    described.send().await.unwrap();
    let drifted: Vec<_> = refreshed(&s.world).await.into_iter().map(|(node, _)| node).collect();
    assert_eq!(drifted, ["database".to_owned(), role]);
    s.world.calls.take_asked();
    s.world.up(TAGS).await;
    let asked: BTreeSet<_> = s.world.calls.take_asked().into_iter().collect();
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

/// RDS lets storage grow once in six hours: a run that wants more before that says so, and the next one after that gets it.
#[tokio::test(start_paused = true)]
async fn storage_that_grew_a_moment_ago_grows_later() {
    let world = World::new(Clock::Real, STREAMTECH).await;
    world.up(STREAMTECH).await;
    world.up("[database]\nstorage_gib = 200\n").await;
    let more = world.graph("[database]\nstorage_gib = 300\n");
    let summary = world.go(&more, PLENTY).await;
    assert!(!summary.is_complete());
    let failures = world.failures();
    assert!(
        failures.contains("previous storage change is being optimized") && failures.contains("6 hours"),
        "{failures}"
    );
    advance(LONG * 3).await;
    world.done(&more).await;
    let seen = world.aws.rds.describe_db_instances().send().await.unwrap();
    assert_eq!(seen.db_instances()[0].allocated_storage(), Some(300));
}
