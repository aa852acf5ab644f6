//! The worker service: Fargate tasks that process videos, scaled on CPU. Also the task definitions of both services.
use super::{Shared, Wiring, data::Data, roles};
use crate::{
    parts::{cluster, roles::Roles, service_roles, to_u16},
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

/// The worker service and its task role.
pub(super) struct Worker {
    pub(super) service: Handle<Service>,
    pub(super) role: Handle<Role>,
}

pub(super) fn add(g: &mut Graph<Aws>, p: &Wiring<'_>, shared: &Shared) -> Worker {
    let Shared { net, firewall, data, cluster: ecs, key } = shared;
    let logs = cluster::logs(g, p, "video-processor", key.as_ref());
    let roles = roles::add(g, p, "video-processor", data, &logs, key.as_ref(), true);
    let w = p.design.worker.clone();
    let container =
        Container { service: "video-processor", task: w.task, port: None, environment: w.environment, mounts: true };
    let task = container.task(g, p, data, &roles, &logs);

    let name = p.names.of("video-processor");
    // While the service exists it holds its cluster, its subnets, its security groups with their rules, its roles with
    // their policies, and the mount targets: without any of them its tasks cannot be stopped cleanly. It needs, but
    // does not hold, the routes, the database and the secret.
    let stands_on = (
        ecs,
        &task,
        &net.private,
        (&firewall.worker.group, &firewall.worker.rules),
        (&roles.policies, &roles.attachment),
        (&data.mounts as &Vec<Handle<MountTarget>>, &logs),
        (net.way_out(), data.for_services(p), data.connection.as_ref().map(Handle::value)),
    );
    let desired = to_u16(w.count.desired);
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

/// The scalable target is deleted before the service; otherwise it would start tasks while the service drains.
fn scale(g: &mut Graph<Aws>, p: &Wiring<'_>, cluster: &Handle<Cluster>, service: &Handle<Service>) {
    let w = &p.design.worker;
    let (name, min, max) = (p.names.of("video-processor"), to_u16(w.count.min), to_u16(w.count.max));
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

/// The inputs of a service's task definition.
pub(super) struct Container {
    pub(super) service: &'static str,
    pub(super) task: Task,
    pub(super) port: Option<u16>,
    pub(super) environment: BTreeMap<String, String>,
    /// Whether the containers mount the shared file system.
    pub(super) mounts: bool,
}

impl Container {
    /// A task definition only names its resources and holds none of them: it may be deleted before or after them.
    pub(super) fn task(
        self,
        g: &mut Graph<Aws>,
        p: &Wiring<'_>,
        data: &Data,
        roles: &Roles,
        logs: &Handle<LogGroup>,
    ) -> Handle<TaskDefinition> {
        let (region, mount_path) = (p.facts.region.clone(), p.design.files.mount_path.clone());
        let (node, family) = (self.service, p.names.of(self.service));
        let existing = data.login.arn();
        // An existing secret holds a user name and a password, but no host.
        let host = (!data.login.is_made()).then(|| data.database.value().known());
        let uses = (
            roles.execution.value(),
            roles.task.value(),
            logs.value(),
            data.cache.value().known(),
            (data.connection.as_ref().map(Handle::value), host),
            self.mounts.then(|| (data.files.value(), data.access.value())),
        );
        g.add(
            &format!("{node}-task-definition"),
            uses,
            move |(execution, task, logs, cache, (connection, database), files)| {
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
            },
        )
    }
}
