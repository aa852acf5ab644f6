//! Only what differs is sent: an update of what is as wanted sends nothing, one setting that differs is all that is sent, and
//! no setting that an update may change is overlooked by the look before it.
use crate::{
    sound::{Sound, TAGS},
    world::{PIPELINES, STREAMFLIX, STREAMTECH, World},
};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::{collections::BTreeSet, rc::Rc, time::Duration};
use tokio::time::advance;
use vidpipe_aws::KINDS;
use vidpipe_engine::{Change, Cx, Drift, Entry, Name, Observed, PhysicalId, Transition, kind_of, refresh};
use vidpipe_sandbox::{Clock, Conditions, Incident};

/// Longer than anything of these tests takes.
const LONG: Duration = Duration::from_secs(7200);

/// The nodes that have an update, as an earlier run would leave them that meant to update all of them.
fn to_be_updated(world: &World) {
    let mut state = world.disk.borrow().clone();
    for (name, entry) in world.disk.borrow().entries.clone() {
        if kind_of(KINDS, &entry.kind).unwrap().updates() {
            let update = Transition::WillUpdate { spec: entry.spec, edges: entry.edges };
            state.apply(&name, update, Timestamp::UNIX_EPOCH).unwrap();
        }
    }
    *world.disk.borrow_mut() = state;
}

/// What was sent that may change something. The Data API knows one call only, for looking too.
fn sent(world: &World) -> Vec<String> {
    let looks = |operation: &str| {
        ["Get", "List", "Describe", "ExecuteStatement"].iter().any(|verb| operation.starts_with(verb))
    };
    let calls = world.sandbox.take_calls().into_iter().filter(|call| !looks(&call.operation));
    calls.map(|call| format!("{} {}", call.service, call.operation)).collect()
}

#[tokio::test(start_paused = true)]
async fn an_update_of_what_is_as_wanted_sends_nothing() {
    for spec in PIPELINES {
        let world = World::new(Clock::Instant, spec).await;
        world.up(spec).await;
        to_be_updated(&world);
        sent(&world);
        world.up(spec).await;
        assert_eq!(sent(&world), Vec::<String>::new(), "{spec}");
        world.assert_whole(&world.graph(spec), spec);
    }
}

/// What an update cannot change, or no look can see; each for its reason.
const UNSEEN: &[(&str, &str, &str)] = &[
    ("apigateway:routes", "/title", "the API's own name, which its own node changes"),
    ("apigateway:routes", "/description", "the API's own description, which its own node changes"),
    ("apigateway:routes", "/version", "the document's, which nothing shows"),
    ("elasticache:replication-group", "/engine_version", "no version: it is compared in a test of its own"),
    ("kms:key", "/deletion_window_days", "used when it is removed"),
    ("rds:migration", "/name", "it is known by its checksum"),
    ("rds:migration", "/sql", "it is known by its checksum"),
];

/// Every spec that differs from that one in one value.
fn others(spec: &Value, at: &str, out: &mut Vec<(String, Value)>) {
    let here = spec.pointer(at).unwrap();
    match here {
        Value::Object(fields) => fields
            .keys()
            .for_each(|key| others(spec, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), out)),
        Value::Array(items) => (0..items.len()).for_each(|i| others(spec, &format!("{at}/{i}"), out)),
        leaf => out.extend(otherwise(leaf).into_iter().map(|other| {
            let mut changed = spec.clone();
            *changed.pointer_mut(at).unwrap() = other;
            (at.to_owned(), changed)
        })),
    }
}

/// Other values than that, of which some may be none that the kind knows.
fn otherwise(leaf: &Value) -> Vec<Value> {
    const WORDS: [&str; 8] = ["above", "below", "ignore", "breaching", "sum", "minimum", "bursting", "elastic"];
    match leaf {
        Value::Bool(on) => vec![json!(!on)],
        Value::Number(n) if n.is_f64() => vec![json!(n.as_f64().unwrap() + 0.5)],
        Value::Number(n) => vec![json!(n.as_i64().unwrap() + 1)],
        Value::String(text) => {
            let words = WORDS.iter().filter(|word| *word != text).map(|word| json!(word));
            [json!(format!("{text}x"))].into_iter().chain(words).collect()
        }
        _ => vec![],
    }
}

/// The settings of that node that an update would change and a look does not hold against it.
async fn overlooked(world: &World, name: &Name, entry: &Entry, id: &PhysicalId) -> BTreeSet<(&'static str, String)> {
    let kind = kind_of(KINDS, &entry.kind).unwrap();
    let env = Rc::new(world.disk.borrow().env.clone());
    let cx = Cx { cloud: world.aws.clone(), env, node: name.clone(), token: entry.token.clone() };
    let (mut specs, mut overlooked) = (Vec::new(), BTreeSet::new());
    others(&entry.spec, "", &mut specs);
    for (at, spec) in specs {
        let updates = matches!(kind.change(&spec, &entry.spec), Ok(Change::Update));
        if updates && matches!(kind.observe(&cx, &spec, id).await, Ok(Observed::Ready(_))) {
            overlooked.insert((kind.name(), at));
        }
    }
    overlooked
}

#[tokio::test(start_paused = true)]
async fn no_setting_that_an_update_changes_is_overlooked() {
    let known: BTreeSet<_> = UNSEEN.iter().map(|(kind, at, _)| (*kind, (*at).to_owned())).collect();
    let mut found = BTreeSet::new();
    for spec in PIPELINES {
        let world = World::new(Clock::Instant, spec).await;
        world.up(spec).await;
        for (name, entry) in &world.disk.borrow().entries.clone() {
            if let (Some(id), true) = (entry.phase.id(), kind_of(KINDS, &entry.kind).unwrap().updates()) {
                found.extend(overlooked(&world, name, entry, id).await);
            }
        }
    }
    assert_eq!(found, known);
}

/// The fields that were set in the calls of that operation, beside those that name the thing.
fn fields(world: &World, operation: &str) -> Vec<Vec<String>> {
    let asked = world.calls.take_asked().into_iter().filter(|(asked, _)| asked == operation);
    asked.map(|(_, fields)| fields).collect()
}

#[tokio::test(start_paused = true)]
async fn only_what_differs_is_asked_for() {
    let cases: &[(&str, &str, &str, &[&str])] = &[
        (
            STREAMTECH,
            "[database]\nbackup_retention_days = 9\n",
            "ModifyDBInstance",
            &["db_instance_identifier", "apply_immediately", "backup_retention_period"],
        ),
        (
            STREAMTECH,
            "[database]\nstorage_gib = 250\n",
            "ModifyDBInstance",
            &["db_instance_identifier", "allocated_storage", "apply_immediately"],
        ),
        (
            STREAMTECH,
            "[cache]\nnode_type = \"cache.t3.small\"\n",
            "ModifyReplicationGroup",
            &["replication_group_id", "apply_immediately", "cache_node_type"],
        ),
        (
            STREAMTECH,
            "[worker]\nimage = \"registry.example.com/worker:2\"\n",
            "UpdateService",
            &["cluster", "service", "task_definition"],
        ),
        (
            STREAMFLIX,
            "[database]\nmax_acu = 2.0\n",
            "ModifyDBCluster",
            &["db_cluster_identifier", "apply_immediately", "serverless_v2_scaling_configuration"],
        ),
    ];
    for (pipeline, change, operation, wanted) in cases {
        let world = World::new(Clock::Instant, pipeline).await;
        world.up(pipeline).await;
        world.calls.take_asked();
        let spec = format!("{pipeline}{change}");
        world.up(&spec).await;
        let asked = fields(&world, operation);
        let asked: Vec<BTreeSet<&str>> = asked.iter().map(|f| f.iter().map(String::as_str).collect()).collect();
        assert_eq!(asked, [wanted.iter().copied().collect::<BTreeSet<_>>()], "{change}");
    }
}

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
    for (node, entry) in &world.disk.borrow().entries.clone() {
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
    let summary = world.go(&world.graph(STREAMFLIX), usize::MAX).await;
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
