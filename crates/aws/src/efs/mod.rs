//! EFS: file systems.
use crate::{
    budgets,
    declare::{Api, AwsService, kind},
    permissions::allow,
};

mod access_point;
mod batched;
pub(crate) mod codes;
mod file_system;
mod file_system_policy;
mod lifecycle;
mod mount_target;
pub(crate) mod owner;
mod sweep;
pub(crate) mod verify;

pub use access_point::*;
pub use file_system::*;
pub use file_system_policy::*;
pub use lifecycle::*;
pub use mount_target::*;

pub(crate) const SERVICE: AwsService = AwsService {
    name: "efs",
    apis: &[Api { sdk: "efs", name: "EFS", codes: codes::ROWS, budgets: budgets::unpublished }],
    kinds: &[
        kind::<FileSystem>(),
        kind::<Lifecycle>(),
        kind::<FileSystemPolicy>(),
        kind::<MountTarget>(),
        kind::<AccessPoint>(),
    ],
    probes: sweep::probes,
    sweep: &[allow(&["elasticfilesystem:DescribeAccessPoints", "elasticfilesystem:DescribeFileSystems"]).to_sweep()],
};
