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
    pub(super) worker: Open,
    pub(super) api: Open,
    /// Lets nothing in: what comes through the API's VPC link does not pass its rules.
    pub(super) balancer: Handle<SecurityGroup>,
    pub(super) database: Handle<SecurityGroup>,
    pub(super) cache: Handle<SecurityGroup>,
    pub(super) files: Handle<SecurityGroup>,
}

/// A service's group, and the rules its traffic passes: to the data stores, and from whoever calls it.
pub(super) struct Open {
    pub(super) group: Handle<SecurityGroup>,
    pub(super) rules: Vec<Handle<IngressRule>>,
}

const POSTGRES: u16 = 5432;
const REDIS: u16 = 6379;
const NFS: u16 = 2049;

pub(super) fn add(g: &mut Graph<Aws>, p: &Parts<'_>, net: &Network) -> Firewall {
    let mut group = |node: &str, name: &str, description: &'static str| {
        let name = p.names.of(name);
        g.add(node, &net.vpc, move |vpc| SecurityGroup {
            name: name.clone(),
            description: description.into(),
            vpc_id: vpc.id,
        })
    };
    let open = |group| Open { group, rules: Vec::new() };
    let mut worker = open(group("worker-group", "ecs-sg", "Security group for ECS tasks"));
    let mut api = open(group("api-group", "api-sg", "Security group for the API service"));
    let balancer = group("balancer-group", "nlb-sg", "Security group for the API load balancer");
    let database = group("database-group", "rds-sg", "Security group for RDS PostgreSQL");
    let cache = group("cache-group", "elasticache-sg", "Security group for ElastiCache Redis");
    let files = group("files-group", "efs-sg", "Security group for EFS");

    for (store, name) in [(&database, "database"), (&cache, "cache"), (&files, "files")] {
        g.add(&format!("{name}-no-egress"), store, |group| NoEgress { group_id: group.id });
    }
    for (store, port, what) in [(&database, POSTGRES, "PostgreSQL"), (&cache, REDIS, "Redis")] {
        for (user, who) in [(&mut worker, "ECS tasks"), (&mut api, "API tasks")] {
            let rule = let_in(g, store, &user.group, port, &format!("Allow {who} to access {what}"));
            user.rules.push(rule);
        }
    }
    worker.rules.push(let_in(g, &files, &worker.group, NFS, "Allow ECS tasks to access EFS"));
    let to_api = "Allow the API load balancer to reach the API service";
    api.rules.push(let_in(g, &api.group, &balancer, p.spec.api.port, to_api));
    Firewall { worker, api, balancer, database, cache, files }
}

fn let_in(
    g: &mut Graph<Aws>,
    to: &Handle<SecurityGroup>,
    from: &Handle<SecurityGroup>,
    port: u16,
    description: &str,
) -> Handle<IngressRule> {
    let (node, description) = (format!("{}-from-{}", to.name(), from.name()), description.to_owned());
    // Both groups are held: a group that a rule names cannot be deleted.
    g.add(&node, (to, from), move |(to, from)| IngressRule {
        group_id: to.id,
        protocol: "tcp".into(),
        port,
        source: Source::Group(from.id),
        description: description.clone(),
    })
}
