//! All kinds of resources, by service.
use crate::{
    Aws,
    permissions::Permission,
    services::{self, SERVICES},
};
use vidpipe_engine::Kind;

/// Defines the public module of each service.
macro_rules! services { ($($service:ident)+) => { $(
    #[doc = concat!("The kinds of `", stringify!($service), "`.")]
    pub mod $service {
        pub use crate::$service::*;
    }
)+ } }

services! {
    apigateway cloudtrail cloudwatch ec2 ecs efs elasticache elb iam kinesis kms logs rds s3 scaling secrets sns sqs
}

/// The number of kinds.
const COUNT: usize = {
    let (mut count, mut service) = (0, 0);
    while service < SERVICES.len() {
        count += SERVICES[service].kinds.len();
        service += 1;
    }
    count
};

/// Every kind vidpipe knows.
pub const KINDS: &[&dyn Kind<Aws>] = &{
    let mut all = [SERVICES[0].kinds[0].kind; COUNT];
    let (mut at, mut service) = (0, 0);
    while service < SERVICES.len() {
        let mut kind = 0;
        while kind < SERVICES[service].kinds.len() {
            all[at] = SERVICES[service].kinds[kind].kind;
            (at, kind) = (at + 1, kind + 1);
        }
        service += 1;
    }
    all
};

/// The permissions that a kind declares; none if there is no such kind.
pub fn permissions(kind: &str) -> &'static [Permission] {
    services::kinds().find(|declared| declared.kind.name() == kind).map_or(&[], |declared| declared.permissions)
}

/// The permissions that the sweep needs, whatever the environment has.
pub fn sweep_permissions() -> impl Iterator<Item = &'static Permission> {
    SERVICES.iter().flat_map(|service| service.sweep)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The kinds whose data cannot be recreated from the spec. All other kinds are settings or can be recreated
    /// unchanged: a cluster instance keeps no data itself, a trail's files are in its bucket, connection details are
    /// assembled from other nodes, and an access point's files belong to the file system.
    const HOLD_DATA: [&str; 11] = [
        "efs:file-system",
        "elasticache:replication-group",
        "kinesis:stream",
        "kms:key",
        "logs:log-group",
        "logs:service-log-group",
        "rds:cluster",
        "rds:instance",
        "s3:bucket",
        "secrets:generated-secret",
        "sqs:queue",
    ];

    #[test]
    fn every_kind_that_holds_data_says_what_is_lost_with_it() {
        let mut losing: Vec<&str> = KINDS.iter().filter(|k| k.data_loss().is_some()).map(|k| k.name()).collect();
        losing.sort_unstable();
        assert_eq!(losing, HOLD_DATA);
    }
}
