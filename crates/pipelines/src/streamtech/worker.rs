//! The worker service: Fargate tasks that process videos, scaled on CPU. And what the containers of both services are.
use super::{Drawing, Ground, data::Data, roles};
use crate::{
    parts::{cluster, roles::Roles, service_roles, small},
    spec::Task,
};
use std::collections::BTreeMap;
use vidpipe_aws::{
    Aws,
    kinds::{
        ecs::{self, Cluster, Files, Log, Service, TaskDefinition},
        efs::MountTarget,
        iam::Role,
        logs::LogGroup,
        scaling::{Metric, ScalableTarget, ScalingPolicy},
    },
};
use vidpipe_engine::{Graph, Handle};

/// The worker service, and what its containers may do.
pub(super) struct Worker {
    pub(super) service: Handle<Service>,
    pub(super) role: Handle<Role>,
}

pub(super) fn add(g: &mut Graph<Aws>, p: &Drawing<'_>, ground: &Ground) -> Worker {
    let Ground { net, firewall, data, cluster: ecs, key } = ground;
    let logs = cluster::logs(g, p, "video-processor", key.as_ref());
    let roles = roles::add(g, p, "video-processor", data, &logs, key.as_ref(), true);
    let w = p.own.worker.clone();
    let container =
        Container { service: "video-processor", task: w.task, port: None, environment: w.environment, mounts: true };
    let task = container.task(g, p, data, &roles, &logs);

    let name = p.names.of("video-processor");
    // While the service stands it holds its cluster, its subnets, its groups with their rules, its roles with their
    // policies, and the mount targets: without any of them its tasks cannot be stopped cleanly. It needs, but does not
    // hold, a way out, the database, and the secret.
    let stands_on = (
        ecs,
        &task,
        &net.private,
        (&firewall.worker.group, &firewall.worker.rules),
        (&roles.policies, &roles.attachment),
        (&data.mounts as &Vec<Handle<MountTarget>>, &logs),
        (net.way_out(), data.for_services(p), data.connection.as_ref().map(Handle::value)),
    );
    let desired = small(w.count.desired);
    let service = g.add("video-processor", stands_on, move |(cluster, task, subnets, (group, ..), ..)| Service {
        cluster: cluster.arn,
        name: name.clone(),
        task_definition_arn: task.arn,
        desired,
        subnets: subnets.into_iter().map(|s| s.id).collect(),
        security_groups: vec![group.id],
        load_balancer: None,
        capacity: vec![],
        public_ip: false,
    });
    scale(g, p, ecs, &service);
    Worker { service, role: roles.task }
}

/// Removed before the service: else it would ask for tasks while the service drains.
fn scale(g: &mut Graph<Aws>, p: &Drawing<'_>, cluster: &Handle<Cluster>, service: &Handle<Service>) {
    let w = &p.own.worker;
    let (name, min, max) = (p.names.of("video-processor"), small(w.count.min), small(w.count.max));
    let uses = (cluster, service, service_roles::SCALING.needed(g));
    let target = g.add("video-processor-scaling", uses, move |(cluster, service, ())| ScalableTarget {
        name: name.clone(),
        resource_id: format!("service/{}/{}", cluster.name, service.name),
        min,
        max,
    });
    let (name, percent) = (p.names.of("video-processor-cpu"), f64::from(w.cpu_target_percent));
    g.add("video-processor-scaling-cpu", &target, move |target| ScalingPolicy {
        name: name.clone(),
        resource_id: target.resource_id,
        metric: Metric::Cpu { percent },
        scale_out_cooldown_s: 60,
        scale_in_cooldown_s: 300,
    });
}

/// What the containers of a service are made from.
pub(super) struct Container {
    pub(super) service: &'static str,
    pub(super) task: Task,
    pub(super) port: Option<u16>,
    pub(super) environment: BTreeMap<String, String>,
    /// Whether they use the shared files.
    pub(super) mounts: bool,
}

impl Container {
    /// A task definition names things and stands on none of them: it may go last or first.
    pub(super) fn task(
        self,
        g: &mut Graph<Aws>,
        p: &Drawing<'_>,
        data: &Data,
        roles: &Roles,
        logs: &Handle<LogGroup>,
    ) -> Handle<TaskDefinition> {
        let (region, mount_path) = (p.facts.region.clone(), p.own.files.mount_path.clone());
        let (node, family) = (self.service, p.names.of(self.service));
        let existing = data.login.arn();
        // Somebody else's secret has a user name and a password, and no host.
        let host = (!data.login.is_made()).then(|| data.database.value().known());
        let uses = (
            roles.execution.value(),
            roles.task.value(),
            logs.value(),
            data.cache.value().known(),
            (data.connection.as_ref().map(Handle::value), host),
            self.mounts.then(|| (data.files.value(), data.access.value())),
        );
        g.add(&format!("{node}-task"), uses, move |(execution, task, logs, cache, (connection, database), files)| {
            let mut environment = self.environment.clone();
            environment.extend([
                ("REGION".to_owned(), region.clone()),
                ("REDIS_ENDPOINT".to_owned(), cache.primary_host),
                ("REDIS_PORT".to_owned(), cache.port),
            ]);
            environment.extend(database.map(|database| ("DB_HOST".to_owned(), database.host)));
            let mut keys = vec![("DB_USERNAME", "username"), ("DB_PASSWORD", "password")];
            keys.extend(connection.is_some().then_some(("DB_HOST", "host")));
            let secret = connection.map_or_else(|| existing(None), |connection| connection.secret_arn);
            let from = |(name, key): (&str, &str)| (name.to_owned(), format!("{secret}:{key}::"));
            TaskDefinition {
                family: family.clone(),
                cpu: self.task.cpu,
                memory: self.task.memory_mib,
                execution_role_arn: execution.arn,
                task_role_arn: task.arn,
                container: ecs::Container {
                    name: family.clone(),
                    image: self.task.image.clone(),
                    command: self.task.command.clone(),
                    port: self.port,
                    environment,
                    secrets: keys.into_iter().map(from).collect(),
                    log: Log { group: logs.name, region: region.clone(), stream_prefix: node.into() },
                    files: files.map(|(files, access)| Files {
                        file_system_id: files.id,
                        access_point_id: access.id,
                        mount_path: mount_path.clone(),
                    }),
                },
            }
        })
    }
}
