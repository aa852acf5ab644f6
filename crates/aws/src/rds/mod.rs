//! RDS: PostgreSQL and Aurora PostgreSQL.
use crate::{
    budgets,
    declare::{Api, AwsService, kind},
    permissions::allow,
};

mod batched;
mod cluster;
mod cluster_instance;
mod cluster_parameter_group;
mod cluster_parameters;
pub(crate) mod codes;
mod data_codes;
mod database;
mod instance;
mod migration;
pub(crate) mod owner;
mod parameter_group;
mod parameters;
mod subnet_group;
mod sweep;
pub(crate) mod verify;

pub use cluster::*;
pub use cluster_instance::*;
pub use cluster_parameter_group::*;
pub use cluster_parameters::*;
pub(crate) use database::*;
pub use instance::*;
pub use migration::*;
pub use parameter_group::*;
pub use parameters::*;
pub use subnet_group::*;

pub(crate) const SERVICE: AwsService = AwsService {
    name: "rds",
    apis: &[
        Api { sdk: "rds", name: "RDS", codes: codes::ROWS, budgets: budgets::unpublished },
        Api { sdk: "rdsdata", name: "RDS Data", codes: data_codes::ROWS, budgets: budgets::unpublished },
    ],
    kinds: &[
        kind::<DbSubnetGroup>(),
        kind::<DbParameterGroup>(),
        kind::<DbParameters>(),
        kind::<DbInstance>(),
        kind::<DbClusterParameterGroup>(),
        kind::<DbClusterParameters>(),
        kind::<DbCluster>(),
        kind::<DbClusterInstance>(),
        kind::<Migration>(),
    ],
    probes: sweep::probes,
    sweep: &[allow(&[
        "rds:DescribeDBClusterAutomatedBackups",
        "rds:DescribeDBClusterParameterGroups",
        "rds:DescribeDBClusterSnapshots",
        "rds:DescribeDBClusters",
        "rds:DescribeDBInstanceAutomatedBackups",
        "rds:DescribeDBInstances",
        "rds:DescribeDBParameterGroups",
        "rds:DescribeDBSubnetGroups",
        "rds:ListTagsForResource",
    ])
    .to_sweep()],
};
