//! The worker service: Fargate tasks that read the stream, on Spot if available.
use super::super::spec::{Backoff, Subnets};
use super::{Wiring, database::Database, firewall::Firewall, messages::Messages, roles};
use crate::parts::{cluster, network::Network, roles::Roles, to_u16};
use std::collections::BTreeMap;
use vidpipe_aws::{
    Aws,
    kinds::{
        ecs::{self, Capacity, CapacityProviders, Cluster, Log, Service, TaskDefinition},
        kinesis::Stream,
        kms::Key,
        logs::LogGroup,
    },
};
use vidpipe_engine::{Graph, Handle};

/// The resources the service depends on.
pub(super) struct Shared {
    pub(super) net: Network,
    pub(super) firewall: Firewall,
    pub(super) database: Database,
    pub(super) stream: Handle<Stream>,
    pub(super) messages: Messages,
    pub(super) cluster: Handle<Cluster>,
    pub(super) key: Option<Handle<Key>>,
}

/// The service's name without prefix and suffix.
pub(super) const SERVICE: &str = "worker";

pub(super) fn add(g: &mut Graph<Aws>, p: &Wiring<'_>, shared: &Shared) -> Handle<Service> {
    let Shared { net, firewall, database, messages, cluster: ecs, key, .. } = shared;
    let providers = g.add("cluster-capacity-providers", ecs, |cluster| CapacityProviders { cluster: cluster.name });
    let logs = cluster::logs(g, p, SERVICE, key.as_ref());
    let roles = roles::add(g, p, SERVICE, shared, &logs);
    let task = task(g, p, shared, &roles, &logs);

    let w = &p.design.worker;
    let (name, desired, public_ip) = (p.names.of(SERVICE), to_u16(w.count.desired), w.subnets == Subnets::Public);
    let shares = [("FARGATE", w.on_demand_weight, w.on_demand_base), ("FARGATE_SPOT", w.spot_weight, 0)];
    let subnets = if public_ip { &net.public } else { &net.private };
    // While the service exists it holds its cluster with its capacity providers, its subnets, its security groups with
    // their rules, and its roles with their policies: without any of them its tasks cannot be stopped cleanly. Tasks
    // with public addresses hold the internet gateway too. The service needs, but does not hold, the routes, the
    // database and the queue.
    let instances: Vec<_> = database.instances.iter().map(Handle::value).collect();
    let stands_on = (
        (ecs, &providers),
        &task,
        subnets,
        (&firewall.worker.group, &firewall.worker.rules),
        (&roles.policies, &roles.attachment),
        &logs,
        (net.way_out(), public_ip.then_some(&net.internet)),
        (database.cluster.value(), instances, messages.queue.value(), shared.stream.value()),
    );
    g.add(SERVICE, stands_on, move |((cluster, _), task, subnets, (group, ..), ..)| Service {
        cluster: cluster.arn,
        name: name.clone(),
        task_definition_arn: task.arn,
        desired,
        subnets: subnets.into_iter().map(|s| s.id).collect(),
        security_groups: vec![group.id],
        load_balancer: None,
        capacity: capacity(&shares),
        public_ip,
    })
}

/// Omits a provider whose weight and base are both 0, which ECS refuses.
fn capacity(shares: &[(&str, u32, u32)]) -> Vec<Capacity> {
    let share = |&(provider, weight, base): &(&str, u32, u32)| Capacity {
        provider: provider.into(),
        weight: to_u16(weight),
        base: to_u16(base),
    };
    shares.iter().filter(|(_, weight, base)| weight + base > 0).map(share).collect()
}

/// A task definition only names its resources and holds none of them: it may be deleted before or after them.
fn task(
    g: &mut Graph<Aws>,
    p: &Wiring<'_>,
    shared: &Shared,
    roles: &Roles,
    logs: &Handle<LogGroup>,
) -> Handle<TaskDefinition> {
    let Shared { database, stream, messages, .. } = shared;
    let (region, family, w) = (p.facts.region.clone(), p.names.of(SERVICE), p.design.worker.clone());
    let dbname = p.design.database.name.clone();
    let uses = (
        roles.execution.value(),
        roles.task.value(),
        logs.value(),
        stream.value().known(),
        messages.queue.value(),
        database.cluster.value(),
    );
    g.add(&format!("{SERVICE}-task-definition"), uses, move |(execution, task, logs, stream, queue, cluster)| {
        let mut environment = w.environment.clone();
        environment.extend(retries(&w.backoff));
        environment.extend(
            [
                ("REGION", region.clone()),
                ("STREAM_NAME", stream.name),
                ("DLQ_URL", queue.url),
                ("DB_ENDPOINT", cluster.host),
                ("DB_READER_ENDPOINT", cluster.reader_host),
                ("DB_PORT", cluster.port),
                ("DB_NAME", dbname.clone()),
                ("DB_SECRET_ARN", cluster.secret_arn.clone()),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        let from = |key: &str| format!("{}:{key}::", cluster.secret_arn);
        TaskDefinition {
            family: family.clone(),
            cpu: w.task.cpu,
            memory: w.task.memory_mib,
            execution_role_arn: execution.arn,
            task_role_arn: task.arn,
            container: ecs::Container {
                name: family.clone(),
                image: w.task.image.clone(),
                command: w.task.command.clone(),
                port: None,
                environment,
                secrets: [("DB_USERNAME".to_owned(), from("username")), ("DB_PASSWORD".to_owned(), from("password"))]
                    .into(),
                log: Log { group: logs.name, region: region.clone(), stream_prefix: SERVICE.into() },
                files: None,
            },
        }
    })
}

fn retries(backoff: &Backoff) -> BTreeMap<String, String> {
    let Backoff { retry_max_attempts, retry_base_delay_ms, retry_max_delay_ms } = backoff;
    [
        ("RETRY_MAX_ATTEMPTS", retry_max_attempts),
        ("RETRY_BASE_DELAY_MS", retry_base_delay_ms),
        ("RETRY_MAX_DELAY_MS", retry_max_delay_ms),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_string()))
    .into()
}
