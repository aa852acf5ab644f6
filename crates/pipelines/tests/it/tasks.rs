//! Tasks beyond a plain service, in a small graph of their own: Spot, one that runs once, and what scales and alarms on any
//! metric.
use crate::world::{PLENTY, World};
use std::{collections::BTreeMap, time::Duration};
use tokio::time::timeout;
use vidpipe_aws::{
    Aws, Facts,
    kinds::{
        cloudwatch::{Alarm, Comparison, Missing, Statistic},
        ec2::{SecurityGroup, Subnet, Vpc},
        ecs::{Capacity, CapacityProviders, Cluster, Container, Log, OneOffTask, Service, TaskDefinition},
        iam::Role,
        logs::LogGroup,
        scaling::{Metric, ScalableTarget, ScalingPolicy, Step, StepPolicy},
    },
    sweep,
};
use vidpipe_engine::{Action, Graph, Handle, Stop, event::Event, refresh};
use vidpipe_sandbox::{Clock, Conditions, Incident};

/// What a user may change.
struct Wish {
    digest: &'static str,
    capacity: &'static [(&'static str, u16, u16)],
    records: f64,
    age_ms: f64,
}

const FIRST: Wish =
    Wish { digest: "1", capacity: &[("FARGATE_SPOT", 3, 0), ("FARGATE", 1, 1)], records: 1_000.0, age_ms: 60_000.0 };
const CHANGED: Wish = Wish { digest: "2", capacity: &[("FARGATE", 1, 2)], records: 2_000.0, age_ms: 90_000.0 };

/// The graph for the contract.
pub(crate) fn graph(facts: &Facts) -> Graph<Aws> {
    wish(facts, &FIRST)
}

/// What the parts stand on.
struct Ground {
    cluster: Handle<Cluster>,
    subnet: Handle<Subnet>,
    groups: [Handle<SecurityGroup>; 2],
    role: Handle<Role>,
    logs: Handle<LogGroup>,
}

fn wish(facts: &Facts, wish: &Wish) -> Graph<Aws> {
    let mut g = Graph::default();
    let zone = facts.zones[0].clone();
    let vpc = g.add("vpc", (), |()| Vpc { name: "vpc-demo".into(), cidr: "10.0.0.0/16".into() });
    let subnet = g.add("subnet", &vpc, move |vpc| Subnet {
        name: "subnet-demo".into(),
        vpc_id: vpc.id,
        zone: zone.clone(),
        cidr: "10.0.1.0/24".into(),
    });
    let groups = ["worker", "schema"].map(|of| {
        let name = format!("{of}-demo");
        g.add(&format!("{of}-group"), &vpc, move |vpc| SecurityGroup {
            name: name.clone(),
            description: "tasks".into(),
            vpc_id: vpc.id,
        })
    });
    let cluster = g.add("cluster", (), |()| Cluster { name: "tasks-demo".into(), container_insights: false });
    let logs = g.add("logs", (), |()| LogGroup { name: "/ecs/tasks-demo".into(), kms_key_arn: None });
    let role = g.add("role", (), |()| Role {
        name: "tasks-demo".into(),
        description: "starts tasks".into(),
        service: "ecs-tasks.amazonaws.com".into(),
    });
    let ground = Ground { cluster, subnet, groups, role, logs };
    let service = service(&mut g, facts, &ground, wish);
    schema(&mut g, facts, &ground, wish.digest);
    scale(&mut g, &ground, &service, wish);
    g
}

fn definition(
    g: &mut Graph<Aws>,
    facts: &Facts,
    ground: &Ground,
    of: &'static str,
    command: &[&str],
) -> Handle<TaskDefinition> {
    let (region, command) = (facts.region.clone(), command.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
    // As many as a service with retries, limits and endpoints has, and more.
    let mut environment: BTreeMap<String, String> = (0..60).map(|i| (format!("SETTING_{i}"), i.to_string())).collect();
    environment.extend(
        [("PGDATABASE", "videos"), ("PGPORT", "5432"), ("PGSSLMODE", "require")].map(|(k, v)| (k.into(), v.into())),
    );
    g.add(&format!("{of}-task"), (ground.role.value(), ground.logs.value()), move |(role, logs)| TaskDefinition {
        family: format!("{of}-demo"),
        cpu: 256,
        memory: 512,
        execution_role_arn: role.arn,
        task_role_arn: String::new(),
        container: Container {
            name: of.into(),
            image: "public.ecr.aws/docker/library/postgres:16-alpine".into(),
            command: command.clone(),
            port: None,
            environment: environment.clone(),
            secrets: BTreeMap::new(),
            log: Log { group: logs.name, region: region.clone(), stream_prefix: of.into() },
            files: None,
        },
    })
}

fn service(g: &mut Graph<Aws>, facts: &Facts, ground: &Ground, wish: &Wish) -> Handle<Service> {
    let task = definition(g, facts, ground, "worker", &[]);
    let providers = g.add("providers", &ground.cluster, |cluster| CapacityProviders { cluster: cluster.name });
    let capacity = wish.capacity;
    let stands_on = (&ground.cluster, &providers, &task, &ground.subnet, &ground.groups[0], &ground.role, &ground.logs);
    g.add("worker", stands_on, move |(cluster, _, task, subnet, group, ..)| Service {
        cluster: cluster.name,
        name: "worker-demo".into(),
        task_definition_arn: task.arn,
        desired: 4,
        subnets: vec![subnet.id],
        security_groups: vec![group.id],
        load_balancer: None,
        capacity: capacity
            .iter()
            .map(|(provider, weight, base)| Capacity { provider: (*provider).into(), weight: *weight, base: *base })
            .collect(),
        public_ip: false,
    })
}

fn schema(g: &mut Graph<Aws>, facts: &Facts, ground: &Ground, digest: &'static str) {
    let task =
        definition(g, facts, ground, "schema", &["psql", "-v", "ON_ERROR_STOP=1", "-c", "CREATE TABLE videos ()"]);
    let stands_on = (&ground.cluster, task.value(), &ground.subnet, &ground.groups[1], &ground.role, &ground.logs);
    g.add("schema", stands_on, move |(cluster, task, subnet, group, _, logs)| OneOffTask {
        cluster: cluster.name,
        task_definition_arn: task.arn,
        subnets: vec![subnet.id],
        security_groups: vec![group.id],
        log_group: logs.name,
        log_stream_prefix: "schema".into(),
        container: "schema".into(),
        digest: digest.into(),
    });
}

fn scale(g: &mut Graph<Aws>, ground: &Ground, service: &Handle<Service>, wish: &Wish) {
    let stream = || BTreeMap::from([("StreamName".to_owned(), "videos-demo".to_owned())]);
    let target = g.add("scaling", (&ground.cluster, service), |(cluster, service)| ScalableTarget {
        name: "worker-demo".into(),
        resource_id: format!("service/{}/{}", cluster.name, service.name),
        min: 1,
        max: 10,
    });
    let records = wish.records;
    g.add("scaling-records", &target, move |target| ScalingPolicy {
        name: "records-demo".into(),
        resource_id: target.resource_id,
        metric: Metric::Tracked {
            namespace: "AWS/Kinesis".into(),
            name: "IncomingRecords".into(),
            dimensions: stream(),
            statistic: "Sum".into(),
            target: records,
        },
        scale_out_cooldown_s: 60,
        scale_in_cooldown_s: 300,
    });
    let steps = g.add("scaling-age", &target, |target| StepPolicy {
        name: "age-demo".into(),
        resource_id: target.resource_id,
        steps: vec![
            Step { from: Some(0.0), to: Some(60_000.0), tasks: 1 },
            Step { from: Some(60_000.0), to: None, tasks: 3 },
        ],
        cooldown_s: 60,
    });
    let threshold = wish.age_ms;
    g.add("alarm-age", steps.value(), move |steps| Alarm {
        name: "age-demo".into(),
        description: "Readers fall behind".into(),
        namespace: "AWS/Kinesis".into(),
        metric: "GetRecords.IteratorAgeMilliseconds".into(),
        dimensions: stream(),
        statistic: Statistic::Maximum,
        comparison: Comparison::AtLeast,
        threshold,
        period_s: 60,
        evaluation_periods: 1,
        missing: Missing::NotBreaching,
        actions: vec![steps.arn, "arn:aws:sns:us-east-1:123456789012:critical-demo".into()],
    });
}

/// How often a task was run.
fn runs(world: &World) -> usize {
    world.sandbox.made_by().get("RunTask").copied().unwrap_or_default()
}

async fn left(world: &World) -> Vec<String> {
    let state = world.disk.borrow().clone();
    let swept = sweep::sweep(&world.aws, &state, &Stop::default()).await.unwrap();
    assert_eq!(swept.unknown, []);
    swept.left().map(|f| format!("{} {}", f.service, f.what)).collect()
}

#[tokio::test(start_paused = true)]
async fn up_change_and_down() {
    let world = World::new(Clock::Real, "").await;
    let want = graph(&world.facts);
    world.done(&want).await;
    world.assert_whole(&want, "after up");
    assert_eq!((world.done(&want).await.changed, runs(&world)), (0, 1));
    let shares = async || {
        let call = world.aws.ecs.describe_services().cluster("tasks-demo").services("worker-demo");
        let seen = call.send().await.unwrap().services()[0].clone();
        seen.capacity_provider_strategy().iter().map(|s| s.capacity_provider().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(shares().await, ["FARGATE_SPOT", "FARGATE"]);
    let alarms = async |prefix: &str| {
        let seen = world.aws.cloudwatch.describe_alarms().alarm_name_prefix(prefix).send().await.unwrap();
        seen.metric_alarms.unwrap_or_default()
    };
    assert_eq!(alarms("TargetTracking-service/tasks-demo/worker-demo-").await.len(), 2);
    let alarm = alarms("age-demo").await[0].clone();
    assert_eq!(
        (alarm.alarm_actions().len(), alarm.ok_actions().len()),
        (2, 1),
        "no policy is carried out when it is over"
    );

    let want = wish(&world.facts, &CHANGED);
    let plan = world.plan(&want);
    let of = |name: &str| plan.steps.iter().find(|s| s.name.0 == name).unwrap().action;
    assert_eq!(of("schema"), Action::Replace);
    assert!(["worker", "scaling-records", "alarm-age"].iter().all(|name| of(name) == Action::Update));
    assert_eq!((of("providers"), of("scaling-age")), (Action::Keep, Action::Keep));
    world.done(&want).await;
    assert_eq!((runs(&world), shares().await), (2, vec!["FARGATE".to_owned()]));
    assert_eq!(alarms("TargetTracking-service/tasks-demo/worker-demo-").await.len(), 2, "the old ones went");
    assert_eq!(world.done(&want).await.changed, 0);

    world.down().await;
    world.assert_nothing_left("after down");
    assert_eq!(left(&world).await, [] as [String; 0], "tasks that stopped are no leftovers");
}

#[tokio::test(start_paused = true)]
async fn a_task_that_ecs_has_forgotten_is_not_run_again() {
    let world = World::new(Clock::Real, "").await;
    let want = graph(&world.facts);
    world.done(&want).await;
    tokio::time::advance(Duration::from_secs(4_000)).await;
    let mut state = world.disk.borrow().clone();
    let now = vidpipe_engine::Clock::start().now();
    let drifted = refresh(&world.aws, vidpipe_aws::KINDS, &mut state, now).await.unwrap();
    assert_eq!(drifted, []);
    assert_eq!((world.done(&want).await.changed, runs(&world)), (0, 1));
    world.down().await;
    world.assert_nothing_left("after down");
}

#[tokio::test(start_paused = true)]
async fn its_failure_fails_up_with_the_end_of_its_log_and_the_next_up_runs_it_again() {
    for pace in [Clock::Real, Clock::Instant] {
        let world = World::new(pace, "").await;
        world.sandbox.set(Conditions::default().with_incident(Incident::OneOffFails, 1));
        let want = graph(&world.facts);
        let summary = world.go(&want, PLENTY).await;
        assert_eq!((summary.failed, summary.skipped), (1, 0));
        let failed = world.events.borrow().iter().find_map(|e| match e {
            Event::Failed { node, error, .. } => Some((node.0.clone(), error.clone())),
            _ => None,
        });
        let (node, error) = failed.unwrap();
        assert_eq!(node, "schema");
        let said =
            "Essential container in task exited (exit code 1); its log ends: ERROR:  syntax error at or near \"TABEL\"";
        assert!(error.message.contains(said), "{error:?}");
        assert_eq!(left(&world).await.iter().filter(|what| what.ends_with("task")).count(), 0);
        world.done(&want).await;
        assert_eq!(runs(&world), 2);
        world.down().await;
        world.assert_nothing_left("after a failure");
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_under_way_is_found_by_the_sweep_and_stopped_by_down() {
    let world = World::new(Clock::Real, "").await;
    let want = graph(&world.facts);
    // So long that it runs, and not so long that it is over.
    timeout(Duration::from_secs(30), world.go(&want, PLENTY)).await.unwrap_err();
    let phase = world.nodes()["schema"].0;
    assert_eq!((phase, runs(&world)), ("waiting", 1));
    assert_eq!(left(&world).await.iter().filter(|what| *what == "ecs task" || *what == "ecs one-off-task").count(), 1);
    let began = tokio::time::Instant::now();
    world.down().await;
    assert!(began.elapsed() < Duration::from_secs(600), "{:?}", began.elapsed());
    assert!(world.calls.take().contains_key("ECS StopTask"));
    world.assert_nothing_left("after down");
    assert_eq!(left(&world).await, [] as [String; 0]);
}
