//! The API service: Fargate tasks behind an internal load balancer that only the API's VPC link reaches.
use super::{Drawing, Ground, roles, worker::Container};
use crate::parts::{cluster, service_roles, small};
use std::collections::BTreeMap;
use vidpipe_aws::{
    Aws,
    kinds::{
        ecs::{Service, Target},
        elb::{DeregistrationDelay, Listener, LoadBalancer, PrivateLinkRules, TargetGroup},
    },
};
use vidpipe_engine::{Graph, Handle};

/// What others stand on.
pub(super) struct Api {
    pub(super) balancer: Handle<LoadBalancer>,
    pub(super) listener: Handle<Listener>,
}

/// Healthy after two checks, not five: a service is steady a minute sooner.
const HEALTH_INTERVAL_S: u16 = 10;
const HEALTHY_AFTER: u16 = 2;
/// A request takes seconds; the default of 300 makes every removal wait five minutes.
const DRAIN_S: u16 = 5;

/// A task may be unhealthy for this long while it starts.
const GRACE_S: u16 = 60;

pub(super) fn add(g: &mut Graph<Aws>, p: &Drawing<'_>, ground: &Ground) -> Api {
    let Ground { net, firewall, .. } = ground;
    let port = p.own.api.port;
    let name = p.names.of("video-nlb");
    // Its network interfaces stay behind for a while when it goes; they hold the subnets and the group.
    let uses = (&net.private, &firewall.balancer, service_roles::BALANCING.needed(g));
    let balancer = g.add("balancer", uses, move |(subnets, group, ())| LoadBalancer {
        name: name.clone(),
        subnet_ids: subnets.into_iter().map(|s| s.id).collect(),
        security_group_ids: vec![group.id],
    });
    g.add("balancer-private-link", (balancer.known(), &firewall.balancer), |(balancer, group)| PrivateLinkRules {
        load_balancer_arn: balancer.arn,
        security_group_ids: vec![group.id],
    });
    let name = p.names.of("video-tg");
    let targets = g.add("targets", &net.vpc, move |vpc| TargetGroup {
        name: name.clone(),
        vpc_id: vpc.id,
        port,
        health_interval_s: HEALTH_INTERVAL_S,
        healthy_threshold: HEALTHY_AFTER,
    });
    g.add("targets-drain", &targets, |targets| DeregistrationDelay { target_group_arn: targets.arn, seconds: DRAIN_S });
    let name = p.names.of("video-listener");
    // A listener can be made on a load balancer that is still provisioning.
    let listener = g.add("listener", (balancer.known(), &targets), move |(balancer, targets)| Listener {
        name: name.clone(),
        load_balancer_arn: balancer.arn,
        port,
        target_group_arn: targets.arn,
    });
    service(g, p, ground, &listener);
    Api { balancer, listener }
}

fn service(g: &mut Graph<Aws>, p: &Drawing<'_>, ground: &Ground, listener: &Handle<Listener>) {
    let Ground { net, firewall, data, cluster: ecs, key } = ground;
    let logs = cluster::logs(g, p, "video-api", key.as_ref());
    let roles = roles::add(g, p, "video-api", data, &logs, key.as_ref(), false);
    let a = p.own.api.clone();
    let container = Container {
        service: "video-api",
        task: a.task,
        port: Some(a.port),
        environment: BTreeMap::new(),
        mounts: false,
    };
    let task = container.task(g, p, data, &roles, &logs);

    let (name, desired, port) = (p.names.of("video-api"), small(a.desired), a.port);
    // As the worker does; and a service on a target group that no listener uses is refused.
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
