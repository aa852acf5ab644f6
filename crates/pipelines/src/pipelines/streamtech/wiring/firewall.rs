//! Allowed traffic: API load balancer -> API service; both services -> PostgreSQL and Redis; workers -> NFS; the
//! migration task -> PostgreSQL. Everything else is denied ingress, and the data stores have no egress.
use super::Wiring;
use crate::parts::{
    firewall::{Open, POSTGRES, close, group, let_in},
    network::Network,
};
use vidpipe_aws::{Aws, kinds::ec2::SecurityGroup};
use vidpipe_engine::{Graph, Handle};

/// The security groups.
pub(super) struct Firewall {
    pub(super) worker: Open,
    pub(super) api: Open,
    /// Has no ingress rules: traffic from the API's VPC link bypasses them.
    pub(super) balancer: Handle<SecurityGroup>,
    pub(super) database: Handle<SecurityGroup>,
    pub(super) cache: Handle<SecurityGroup>,
    pub(super) files: Handle<SecurityGroup>,
    /// The security group of the task that creates the tables, if any.
    pub(super) tables: Option<Open>,
}

const REDIS: u16 = 6379;
const NFS: u16 = 2049;

pub(super) fn add(g: &mut Graph<Aws>, p: &Wiring<'_>, net: &Network) -> Firewall {
    let open = |group| Open { group, rules: Vec::new() };
    let mut worker = open(group(g, p, net, "worker-security-group", "ecs-sg", "Security group for ECS tasks"));
    let mut api = open(group(g, p, net, "api-security-group", "api-sg", "Security group for the API service"));
    let balancer =
        group(g, p, net, "load-balancer-security-group", "nlb-sg", "Security group for the API load balancer");
    let database = group(g, p, net, "database-security-group", "rds-sg", "Security group for RDS PostgreSQL");
    let cache = group(g, p, net, "cache-security-group", "elasticache-sg", "Security group for ElastiCache Redis");
    let files = group(g, p, net, "file-system-security-group", "efs-sg", "Security group for EFS");

    for (store, name) in [(&database, "database"), (&cache, "cache"), (&files, "file-system")] {
        close(g, name, store);
    }
    for (store, port, what) in [(&database, POSTGRES, "PostgreSQL"), (&cache, REDIS, "Redis")] {
        for (user, who) in [(&mut worker, "ECS tasks"), (&mut api, "API tasks")] {
            let rule = let_in(g, store, &user.group, port, &format!("Allow {who} to access {what}"));
            user.rules.push(rule);
        }
    }
    worker.rules.push(let_in(g, &files, &worker.group, NFS, "Allow ECS tasks to access EFS"));
    let to_api = "Allow the API load balancer to reach the API service";
    api.rules.push(let_in(g, &api.group, &balancer, p.design.api.port, to_api));
    let tables = (!p.spec.metadata.all_migrations().is_empty()).then(|| {
        let group =
            group(g, p, net, "tables-security-group", "tables-sg", "Security group for the task that makes the tables");
        let rule = let_in(g, &database, &group, POSTGRES, "Allow the task that makes the tables to access PostgreSQL");
        Open { group, rules: vec![rule] }
    });
    Firewall { worker, api, balancer, database, cache, files, tables }
}
