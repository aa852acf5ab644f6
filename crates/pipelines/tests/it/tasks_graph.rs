//! A small graph of tasks beyond a plain service: Spot, a one-off task, and scaling and alarms on any metric.
use std::collections::BTreeMap;
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
};
use vidpipe_engine::{Graph, Handle};

/// The settings that the tests vary.
pub(crate) struct Wish {
    digest: &'static str,
    capacity: &'static [(&'static str, u16, u16)],
    records: f64,
    age_ms: f64,
}

const FIRST: Wish =
    Wish { digest: "1", capacity: &[("FARGATE_SPOT", 3, 0), ("FARGATE", 1, 1)], records: 1_000.0, age_ms: 60_000.0 };
pub(crate) const CHANGED: Wish =
    Wish { digest: "2", capacity: &[("FARGATE", 1, 2)], records: 2_000.0, age_ms: 90_000.0 };

/// The graph for the contract.
pub(crate) fn graph(facts: &Facts) -> Graph<Aws> {
    wish(facts, &FIRST)
}

/// The resources that the parts depend on.
struct Ground {
    cluster: Handle<Cluster>,
    subnet: Handle<Subnet>,
    groups: [Handle<SecurityGroup>; 2],
    role: Handle<Role>,
    logs: Handle<LogGroup>,
}

pub(crate) fn wish(facts: &Facts, wish: &Wish) -> Graph<Aws> {
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
    // At least as many variables as a service with retries, limits and endpoints has.
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
