//! Batched reads: the mount targets of a file system, which all of them read at the same moment, are one call.
use crate::{Aws, OrFail};
use aws_sdk_efs::types::MountTargetDescription as MountTarget;
use std::rc::Rc;
use vidpipe_engine::{Batcher, Result};

/// They are read by file system.
const MANY: usize = 1;

/// The reads in progress.
struct Reads {
    mount_targets: Batcher<Vec<MountTarget>>,
}

impl Default for Reads {
    fn default() -> Self {
        Self { mount_targets: Batcher::new("mount targets", MANY) }
    }
}

impl Aws {
    /// The mount targets of this file system.
    pub(crate) async fn mount_targets(&self, file_system: &str) -> Result<Rc<Vec<MountTarget>>> {
        let reads = self.shared::<Reads>();
        let read = async |ids: Vec<String>| {
            let call = self.efs.describe_mount_targets().set_file_system_id(ids.into_iter().next());
            Ok(call.send().await.or_fail("read the mount targets")?.mount_targets.unwrap_or_default())
        };
        reads.mount_targets.read(file_system, read).await
    }
}
