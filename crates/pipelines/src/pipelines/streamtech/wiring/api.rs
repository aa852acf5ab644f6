//! The API service: Fargate tasks behind an internal load balancer that only the API's VPC link can reach.
use super::{Shared, Wiring, roles, worker::Container};
use crate::parts::{cluster, service_roles, to_u16};
use std::collections::BTreeMap;
use vidpipe_aws::{
    Aws,
    kinds::{
        ecs::{Service, Target},
        elb::{DeregistrationDelay, Listener, LoadBalancer, PrivateLinkRules, TargetGroup},
    },
};
use vidpipe_engine::{Graph, Handle};

/// The resources that other parts use.
pub(super) struct Api {
    pub(super) balancer: Handle<LoadBalancer>,
    pub(super) listener: Handle<Listener>,
}

/// Healthy after two checks instead of five: the service stabilizes a minute sooner.
const HEALTH_INTERVAL_S: u16 = 10;
const HEALTHY_AFTER: u16 = 2;
/// A request takes seconds; with the default of 300, every deregistration would take five minutes.
const DRAIN_S: u16 = 5;

/// Time that a starting task may be unhealthy.
const GRACE_S: u16 = 60;

pub(super) fn add(g: &mut Graph<Aws>, p: &Wiring<'_>, shared: &Shared) -> Api {
    let Shared { net, firewall, .. } = shared;
    let port = p.design.api.port;
    let name = p.names.of("video-nlb");
    // Its network interfaces remain for a while after it is deleted, and hold the subnets and the security group.
    let uses = (&net.private, &firewall.balancer, service_roles::BALANCING.needed(g));
    let balancer = g.add("load-balancer", uses, move |(subnets, group, ())| LoadBalancer {
        name: name.clone(),
        subnet_ids: subnets.into_iter().map(|s| s.id).collect(),
        security_group_ids: vec![group.id],
    });
    g.add("load-balancer-private-link-rules", (balancer.known(), &firewall.balancer), |(balancer, group)| {
        PrivateLinkRules { load_balancer_arn: balancer.arn, security_group_ids: vec![group.id] }
    });
    let name = p.names.of("video-tg");
    let targets = g.add("target-group", &net.vpc, move |vpc| TargetGroup {
        name: name.clone(),
        vpc_id: vpc.id,
        port,
        health_interval_s: HEALTH_INTERVAL_S,
        healthy_threshold: HEALTHY_AFTER,
    });
    g.add("target-group-deregistration-delay", &targets, |targets| DeregistrationDelay {
        target_group_arn: targets.arn,
        seconds: DRAIN_S,
    });
    let name = p.names.of("video-listener");
    // A listener can be created while its load balancer is still provisioning.
    let listener = g.add("listener", (balancer.known(), &targets), move |(balancer, targets)| Listener {
        name: name.clone(),
        load_balancer_arn: balancer.arn,
        port,
        target_group_arn: targets.arn,
    });
    service(g, p, shared, &listener);
    Api { balancer, listener }
}

fn service(g: &mut Graph<Aws>, p: &Wiring<'_>, shared: &Shared, listener: &Handle<Listener>) {
    let Shared { net, firewall, data, cluster: ecs, key } = shared;
    let logs = cluster::logs(g, p, "video-api", key.as_ref());
    let roles = roles::add(g, p, "video-api", data, &logs, key.as_ref(), false);
    let a = p.design.api.clone();
    let container = Container {
        service: "video-api",
        task: a.task,
        port: Some(a.port),
        environment: BTreeMap::new(),
        mounts: false,
    };
    let task = container.task(g, p, data, &roles, &logs);

    let (name, desired, port) = (p.names.of("video-api"), to_u16(a.desired), a.port);
    // Same dependencies as the worker. In addition, ECS refuses a service whose target group has no listener.
    let stands_on = (
        ecs,
        &task,
        &net.private,
        (&firewall.api.group, &firewall.api.rules),
        (&roles.policies, &roles.attachment),
        &logs,
        (net.way_out(), data.for_services(p), data.connection.as_ref().map(Handle::value)),
        listener,
    );
    g.add("video-api", stands_on, move |(cluster, task, subnets, (group, ..), .., listener)| Service {
        cluster: cluster.arn,
        name: name.clone(),
        task_definition_arn: task.arn,
        desired,
        subnets: subnets.into_iter().map(|s| s.id).collect(),
        security_groups: vec![group.id],
        load_balancer: Some(Target {
            target_group_arn: listener.target_group_arn,
            container_name: name.clone(),
            container_port: port,
            grace_seconds: GRACE_S,
        }),
        capacity: vec![],
        public_ip: false,
    });
}
