//! Allowed traffic: from the workers to PostgreSQL. The database has no other ingress, and no egress.
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
    pub(super) database: Handle<SecurityGroup>,
}

pub(super) fn add(g: &mut Graph<Aws>, p: &Wiring<'_>, net: &Network) -> Firewall {
    let worker =
        group(g, p, net, "worker-security-group", "worker-sg", "Security group for the tasks that read the stream");
    let database = group(g, p, net, "database-security-group", "aurora-sg", "Security group for Aurora PostgreSQL");
    close(g, "database", &database);
    let rule = let_in(g, &database, &worker, POSTGRES, "Allow the tasks that read the stream to access PostgreSQL");
    Firewall { worker: Open { group: worker, rules: vec![rule] }, database }
}
