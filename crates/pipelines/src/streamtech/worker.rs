//! The ECS cluster, and the worker service in it: Fargate tasks that process videos, scaled on CPU.
use super::{Ground, Parts, data::Data, roles, small};
use std::collections::BTreeMap;
use vidpipe_aws::{
    Aws,
    kinds::{
        ecs::{self, Cluster, Files, Log, Service, TaskDefinition},
        efs::MountTarget,
        iam::Role,
        kms::Key,
        logs::{LogGroup, Retention, ServiceLogGroup},
        scaling::{Metric, ScalableTarget, ScalingPolicy},
    },
};
use vidpipe_engine::{Graph, Handle};

/// The cluster.
pub(super) struct EcsCluster {
    pub(super) cluster: Handle<Cluster>,
}

/// The worker service, and what its containers may do.
pub(super) struct Worker {
    pub(super) service: Handle<Service>,
    pub(super) role: Handle<Role>,
}

pub(super) fn cluster(g: &mut Graph<Aws>, p: &Parts<'_>, key: Option<&Handle<Key>>) -> EcsCluster {
    let (name, insights) = (p.names.of("video-processing"), p.spec.logs.container_insights);
    let tag = name.clone();
    let cluster = g.add("cluster", (), move |()| Cluster { name: name.clone(), container_insights: insights });
    if insights {
        // Container Insights makes this group by itself, unencrypted and kept for ever, and makes it again for as long
        // as the cluster stands: so it is made first and removed last.
        let name = format!("/aws/ecs/containerinsights/{tag}/performance");
        let group = g.add("insights-logs", key, move |key| {
            ServiceLogGroup(LogGroup { name: name.clone(), kms_key_arn: key.map(|k| k.arn) })
        });
        let days = small(p.spec.logs.retention_days);
        g.add("insights-logs-retention", &group, move |group| Retention { log_group: group.name, days });
        g.outlives(&group, &cluster);
    }
    EcsCluster { cluster }
}

/// A log group of a service, kept as long as the spec says.
pub(super) fn logs(g: &mut Graph<Aws>, p: &Parts<'_>, service: &str, key: Option<&Handle<Key>>) -> Handle<LogGroup> {
    let (name, days) = (format!("/ecs/{}", p.names.of(service)), small(p.spec.logs.retention_days));
    let node = format!("{service}-logs");
    let group = g.add(&node, key, move |key| LogGroup { name: name.clone(), kms_key_arn: key.map(|k| k.arn) });
    g.add(&format!("{node}-retention"), &group, move |group| Retention { log_group: group.name, days });
    group
}

pub(super) fn add(g: &mut Graph<Aws>, p: &Parts<'_>, ground: &Ground) -> Worker {
    let Ground { net, firewall, data, cluster, key } = ground;
    let logs = logs(g, p, "video-processor", key.as_ref());
    let roles = roles::add(g, p, "video-processor", data, &logs, key.as_ref(), true);
    let w = p.spec.worker.clone();
    let container = Container {
        service: "video-processor",
        image: w.image,
        command: w.command,
        cpu: w.cpu,
        memory_mib: w.memory_mib,
        port: None,
        environment: w.environment,
        mounts: true,
    };
    let task = container.task(g, p, data, &roles, &logs);

    let name = p.names.of("video-processor");
    // While the service stands it holds its cluster, its subnets, its groups with their rules, its roles with their
    // policies, and the mount targets: without any of them its tasks cannot be stopped cleanly. It needs, but does not
    // hold, a way out, the database, and the secret.
    let stands_on = (
        &cluster.cluster,
        &task,
        &net.private,
        (&firewall.worker.group, &firewall.worker.rules),
        (&roles.policies, &roles.attachment),
        (&data.mounts as &Vec<Handle<MountTarget>>, &logs),
        (net.way_out(), data.database.value(), data.connection.value()),
    );
    let desired = small(w.desired);
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
    scale(g, p, cluster, &service);
    Worker { service, role: roles.task }
}

/// Removed before the service: else it would ask for tasks while the service drains.
fn scale(g: &mut Graph<Aws>, p: &Parts<'_>, cluster: &EcsCluster, service: &Handle<Service>) {
    let w = &p.spec.worker;
    let (name, min, max) = (p.names.of("video-processor"), small(w.min), small(w.max));
    let target =
        g.add("video-processor-scaling", (&cluster.cluster, service), move |(cluster, service)| ScalableTarget {
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
    pub(super) image: String,
    pub(super) command: Vec<String>,
    pub(super) cpu: u32,
    pub(super) memory_mib: u32,
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
        p: &Parts<'_>,
        data: &Data,
        roles: &roles::Roles,
        logs: &Handle<LogGroup>,
    ) -> Handle<TaskDefinition> {
        let (region, mount_path) = (p.facts.region.clone(), p.spec.files.mount_path.clone());
        let (node, family) = (self.service, p.names.of(self.service));
        let uses = (
            roles.execution.value(),
            roles.task.value(),
            logs.value(),
            data.cache.value().known(),
            data.connection.value(),
            self.mounts.then(|| (data.files.value(), data.access.value())),
        );
        g.add(&format!("{node}-task"), uses, move |(execution, task, logs, cache, secret, files)| {
            let mut environment = self.environment.clone();
            environment.extend([
                ("REGION".to_owned(), region.clone()),
                ("REDIS_ENDPOINT".to_owned(), cache.primary_host),
                ("REDIS_PORT".to_owned(), cache.port),
            ]);
            let from = |key: &str| format!("{}:{key}::", secret.secret_arn);
            TaskDefinition {
                family: family.clone(),
                cpu: self.cpu,
                memory: self.memory_mib,
                execution_role_arn: execution.arn,
                task_role_arn: task.arn,
                container: ecs::Container {
                    name: family.clone(),
                    image: self.image.clone(),
                    command: self.command.clone(),
                    port: self.port,
                    environment,
                    secrets: [
                        ("DB_HOST".to_owned(), from("host")),
                        ("DB_USERNAME".to_owned(), from("username")),
                        ("DB_PASSWORD".to_owned(), from("password")),
                    ]
                    .into(),
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
