//! A small environment around an Aurora cluster, through its whole life cycle, on a paused clock.
use crate::harness::{Harness, PLENTY};
use std::ops::Range;
use vidpipe_aws::{
    Aws,
    kinds::{
        ec2::{SecurityGroup, Subnet, Vpc},
        logs::{LogGroup, ServiceLogGroup},
        rds::{DbCluster, DbClusterInstance, DbClusterParameterGroup, DbClusterParameters, DbSubnetGroup, Migration},
        secrets::Rotation,
    },
    newest_aurora, offers_class,
};
use vidpipe_engine::{Action, Class, Graph, Handle, event::Event};
use vidpipe_sandbox::{Clock, Conditions, Incident};

const VIDEOS: &str = include_str!("../../migrations/001_videos.sql");
const ZONES: [&str; 2] = ["us-east-1a", "us-east-1b"];

/// The settings that the tests vary.
pub(crate) struct Settings {
    pub(crate) acu: Range<f64>,
    pub(crate) data_api: bool,
    pub(crate) rotation_days: u16,
    pub(crate) protected: bool,
    pub(crate) checksum: &'static str,
}

impl Default for Settings {
    fn default() -> Self {
        Self { acu: 0.5..1.0, data_api: true, rotation_days: 30, protected: false, checksum: "first" }
    }
}

fn network(g: &mut Graph<Aws>) -> (Vec<Handle<Subnet>>, Handle<SecurityGroup>) {
    let vpc = g.add("vpc", (), |()| Vpc { name: "vpc-demo".into(), cidr: "10.0.0.0/16".into() });
    let subnets = ZONES.into_iter().zip(1..).map(|(zone, number)| {
        g.add(&format!("subnet-{number}"), &vpc, move |vpc| Subnet {
            name: format!("subnet-{number}-demo"),
            vpc_id: vpc.id,
            zone: zone.into(),
            cidr: format!("10.0.{number}.0/24"),
        })
    });
    let subnets = subnets.collect();
    let group = g.add("database-security-group", &vpc, |vpc| SecurityGroup {
        name: "database-demo".into(),
        description: "Aurora".into(),
        vpc_id: vpc.id,
    });
    (subnets, group)
}

fn parameters(g: &mut Graph<Aws>) -> (Handle<DbClusterParameterGroup>, Handle<DbClusterParameters>) {
    let group = g.add("parameter-group", (), |()| DbClusterParameterGroup {
        name: "aurora-parameters-demo".into(),
        family: "aurora-postgresql16".into(),
        description: "refuses connections without TLS".into(),
    });
    let parameters = g.add("parameters", &group, |group| DbClusterParameters {
        group_name: group.name,
        values: [("rds.force_ssl".to_owned(), "1".to_owned())].into(),
    });
    (group, parameters)
}

/// A cluster with a writer and a reader, a rotation schedule for its secret, and one migration.
pub(crate) fn graph(settings: Settings) -> Graph<Aws> {
    let mut g = Graph::default();
    let (subnets, firewall) = network(&mut g);
    let (group, parameters) = parameters(&mut g);
    let subnet_group = g.add("subnet-group", &subnets, |subnets| DbSubnetGroup {
        name: "aurora-subnets-demo".into(),
        description: "Aurora".into(),
        subnet_ids: subnets.into_iter().map(|s| s.id).collect(),
    });
    let log = g.add("log", (), |()| {
        ServiceLogGroup(LogGroup { name: "/aws/rds/cluster/aurora-demo/postgresql".into(), kms_key_arn: None })
    });
    let Settings { acu, data_api, rotation_days, protected, checksum } = settings;
    let uses = (&subnet_group, &firewall, &group, &parameters);
    let cluster = g.add("cluster", uses, move |(subnets, firewall, _, parameters)| DbCluster {
        name: "aurora-demo".into(),
        engine_version: "16.9".into(),
        db_name: "videometadata".into(),
        username: "postgres".into(),
        min_acu: acu.start,
        max_acu: acu.end,
        backup_retention_days: 7,
        data_api,
        iam_authentication: true,
        kms_key: None,
        subnet_group: subnets.name,
        security_group_ids: vec![firewall.id],
        parameter_group: parameters.group_name,
        deletion_protection: protected,
    });
    g.outlives(&log, &cluster);
    let mut instance = |name: &'static str, number: usize| {
        // An instance can be created while the cluster is still being created.
        g.add(name, cluster.known(), move |cluster| DbClusterInstance {
            name: format!("aurora-{name}-demo"),
            cluster: cluster.identifier,
            class: "db.serverless".into(),
            zone: Some(ZONES[number].into()),
            promotion_tier: 1,
        })
    };
    let (writer, _) = (instance("writer", 0), instance("reader", 1));
    g.add("rotation", &cluster, move |cluster| Rotation { secret_arn: cluster.secret_arn, days: rotation_days });
    g.add("migration-001", (&cluster, writer.value()), move |(cluster, _)| Migration {
        cluster_arn: cluster.arn,
        secret_arn: cluster.secret_arn,
        database: "videometadata".into(),
        version: "001".into(),
        name: "videos".into(),
        checksum: checksum.into(),
        sql: VIDEOS.into(),
    });
    g
}

async fn changed(harness: &Harness) -> Vec<String> {
    harness.calls.take().into_keys().collect()
}

#[tokio::test(start_paused = true)]
async fn a_cluster_lives_and_leaves_nothing() {
    let harness = Harness::new(Clock::Real, "").await;
    let start = tokio::time::Instant::now();
    harness.done(&graph(Settings::default())).await;
    harness.assert_whole(&graph(Settings::default()), "up");
    // The instances take their 390 s, and wait only for the cluster's name.
    assert!((390..420).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());

    harness.calls.take();
    harness.done(&graph(Settings::default())).await;
    assert_eq!(changed(&harness).await, [""; 0], "up again");

    let other =
        || Settings { acu: 1.0..4.0, data_api: false, rotation_days: 60, protected: true, ..Settings::default() };
    let plan = harness.plan(&graph(other()));
    let of = |action| plan.steps.iter().filter(move |s| s.action == action).map(|s| s.name.0.as_str());
    assert_eq!(of(Action::Update).collect::<Vec<_>>(), ["cluster", "rotation"]);
    assert_eq!(of(Action::Replace).next(), None);
    harness.done(&graph(other())).await;
    let seen = harness.aws.rds.describe_db_clusters().db_cluster_identifier("aurora-demo").send().await.unwrap();
    let cluster = &seen.db_clusters()[0];
    assert_eq!(cluster.serverless_v2_scaling_configuration().unwrap().max_capacity(), Some(4.0));
    assert_eq!((cluster.http_endpoint_enabled(), cluster.deletion_protection()), (Some(false), Some(true)));
    harness.calls.take();
    harness.done(&graph(other())).await;
    assert_eq!(changed(&harness).await, [""; 0], "up again after a change");

    harness.down().await;
    harness.assert_nothing_left("down");
}

#[tokio::test(start_paused = true)]
async fn a_stopped_cluster_is_started_and_goes() {
    let harness = Harness::new(Clock::Real, "").await;
    harness.done(&graph(Settings { protected: true, ..Settings::default() })).await;
    harness.aws.rds.stop_db_cluster().db_cluster_identifier("aurora-demo").send().await.unwrap();
    harness.down().await;
    harness.assert_nothing_left("down");
}

#[tokio::test(start_paused = true)]
async fn a_migration_is_applied_once_and_never_with_other_content() {
    let harness = Harness::new(Clock::Real, "").await;
    harness.sandbox.set(Conditions::default().with_incident(Incident::DatabaseResumes, 2));
    harness.done(&graph(Settings::default())).await;
    let other = graph(Settings { checksum: "second", ..Settings::default() });
    harness.events.borrow_mut().clear();
    assert!(!harness.go(&other, PLENTY).await.is_complete());
    let failed = |e: &Event| matches!(e, Event::Failed { error, .. } if error.message.contains("migration 001 was applied with other content"));
    assert!(harness.events.borrow().iter().any(failed), "{:?}", harness.events.borrow());
    let secret = harness.aws.rds.describe_db_clusters().send().await.unwrap().db_clusters()[0].clone();
    let query = harness.aws.rds_data.execute_statement().resource_arn(secret.db_cluster_arn().unwrap());
    let query = query.secret_arn(secret.master_user_secret().unwrap().secret_arn().unwrap()).database("videometadata");
    let seen = query.sql("select checksum from vidpipe_migrations where version = '001'").send().await.unwrap();
    assert_eq!(seen.records().len(), 1);
    assert_eq!(seen.records()[0][0].as_string_value().unwrap(), "first");

    harness.done(&graph(Settings::default())).await;
    harness.down().await;
    harness.assert_nothing_left("down");
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_failed_is_made_anew() {
    let harness = Harness::new(Clock::Real, "").await;
    harness.sandbox.set(Conditions::default().with_incident(Incident::ClusterInstanceFails, 1));
    assert!(!harness.go(&graph(Settings::default()), PLENTY).await.is_complete());
    harness.done(&graph(Settings::default())).await;
    harness.down().await;
    harness.assert_nothing_left("down");
}

#[tokio::test]
async fn what_a_region_does_not_offer_is_refused() {
    let harness = Harness::new(Clock::Instant, "").await;
    assert_eq!(newest_aurora(&harness.aws, "16").await.unwrap(), "16.9");
    let error = newest_aurora(&harness.aws, "12").await.unwrap_err();
    assert_eq!((error.class, error.hint.is_some()), (Class::Invalid, true));
    offers_class(&harness.aws, "postgres", "15.14", "db.t3.medium").await.unwrap();
    let error = offers_class(&harness.aws, "postgres", "15.14", "db.x9.huge").await.unwrap_err();
    assert_eq!((error.class, error.hint.is_some()), (Class::Invalid, true));
}
