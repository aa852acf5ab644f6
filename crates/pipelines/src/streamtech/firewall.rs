//! Who may talk to whom: API load balancer -> API service; both services -> PostgreSQL and Redis; workers -> NFS. Nothing
//! else comes in, and nothing goes out of the data stores.
use super::{Parts, network::Network};
use vidpipe_aws::{
    Aws,
    kinds::ec2::{IngressRule, NoEgress, SecurityGroup, Source},
};
use vidpipe_engine::{Graph, Handle};

/// The security groups.
pub(super) struct Firewall {
    pub(super) worker: Group,
    pub(super) api: Group,
    /// Lets nothing in: what comes through the API's VPC link does not pass its rules.
    pub(super) balancer: Handle<SecurityGroup>,
    pub(super) database: Group,
    pub(super) cache: Group,
    pub(super) files: Group,
}

/// A group, and the rules that let others in.
pub(super) struct Group {
    pub(super) group: Handle<SecurityGroup>,
    pub(super) rules: Vec<Handle<IngressRule>>,
}

const POSTGRES: u16 = 5432;
const REDIS: u16 = 6379;
const NFS: u16 = 2049;

pub(super) fn add(g: &mut Graph<Aws>, p: &Parts<'_>, net: &Network) -> Firewall {
    let mut group = |node: &str, name: &str, description: &'static str| {
        let name = p.names.of(name);
        let group = g.add(node, &net.vpc, move |vpc| SecurityGroup {
            name: name.clone(),
            description: description.into(),
            vpc_id: vpc.id,
        });
        Group { group, rules: Vec::new() }
    };
    let worker = group("worker-group", "ecs-sg", "Security group for ECS tasks");
    let mut api = group("api-group", "api-sg", "Security group for the API service");
    let balancer = group("balancer-group", "nlb-sg", "Security group for the API load balancer").group;
    let mut database = group("database-group", "rds-sg", "Security group for RDS PostgreSQL");
    let mut cache = group("cache-group", "elasticache-sg", "Security group for ElastiCache Redis");
    let mut files = group("files-group", "efs-sg", "Security group for EFS");

    for (store, name) in [(&database, "database"), (&cache, "cache"), (&files, "files")] {
        g.add(&format!("{name}-no-egress"), &store.group, |group| NoEgress { group_id: group.id });
    }
    for (store, port, what) in [(&mut database, POSTGRES, "PostgreSQL"), (&mut cache, REDIS, "Redis")] {
        for (user, who) in [(&worker, "ECS tasks"), (&api, "API tasks")] {
            let_in(g, store, &user.group, port, &format!("Allow {who} to access {what}"));
        }
    }
    let_in(g, &mut files, &worker.group, NFS, "Allow ECS tasks to access EFS");
    let_in(g, &mut api, &balancer, p.spec.api.port, "Allow the API load balancer to reach the API service");
    Firewall { worker, api, balancer, database, cache, files }
}

fn let_in(g: &mut Graph<Aws>, to: &mut Group, from: &Handle<SecurityGroup>, port: u16, description: &str) {
    let (node, description) = (format!("{}-from-{}", to.group.name(), from.name()), description.to_owned());
    // Both groups are held: a group that a rule names cannot be deleted.
    let rule = g.add(&node, (&to.group, from), move |(to, from)| IngressRule {
        group_id: to.id,
        protocol: "tcp".into(),
        port,
        source: Source::Group(from.id),
        description: description.clone(),
    });
    to.rules.push(rule);
}
