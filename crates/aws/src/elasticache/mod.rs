//! ElastiCache: Redis.
use crate::{
    budgets,
    declare::{Api, AwsService, kind},
    permissions::allow,
};

mod cache_subnet_group;
pub(crate) mod codes;
pub(crate) mod owner;
mod replication_group;
mod sweep;
pub(crate) mod verify;

pub use cache_subnet_group::*;
pub use replication_group::*;

pub(crate) const SERVICE: AwsService = AwsService {
    name: "elasticache",
    apis: &[Api { sdk: "elasticache", name: "ElastiCache", codes: codes::ROWS, budgets: budgets::unpublished }],
    kinds: &[kind::<CacheSubnetGroup>(), kind::<ReplicationGroup>()],
    probes: sweep::probes,
    sweep: &[allow(&[
        "elasticache:DescribeCacheSubnetGroups",
        "elasticache:DescribeReplicationGroups",
        "elasticache:ListTagsForResource",
    ])
    .to_sweep()],
};
