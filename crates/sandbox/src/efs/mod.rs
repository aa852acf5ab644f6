//! EFS: file systems, mount targets and access points.

mod laws;
mod lifecycle;
mod model;

use crate::backends::BackendOf;
use crate::log::Id;
use crate::service::{Rules, Service};

pub(crate) static EFS: Service = Service {
    backend: Some(BackendOf::new::<winterbaume_efs::EfsService>("elasticfilesystem")),
    laws: laws::laws,
    model: Rules::wire(model::rules),
    lifecycle: Rules::wire(lifecycle::rules),
    creates: &[
        ("CreateFileSystem", Id::Answer("file_system_id")),
        ("CreateMountTarget", Id::Answer("mount_target_id")),
        ("CreateAccessPoint", Id::Answer("access_point_id")),
    ],
    unfound: |operation| Some((not_found(operation), 404)),
    ..Service::new("EFS", "efs")
};

fn not_found(operation: &str) -> &'static str {
    match operation {
        _ if operation.contains("MountTarget") => "MountTargetNotFound",
        _ if operation.contains("AccessPoint") => "AccessPointNotFound",
        _ => "FileSystemNotFound",
    }
}
