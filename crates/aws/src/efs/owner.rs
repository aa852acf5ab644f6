//! EFS returns the tags of a resource with its description.
use crate::{Cx, OrFail, owner::once, tags};
use aws_sdk_efs::types::{LifeCycleState, Tag};
use vidpipe_engine::{Owned, Result};

fn of(cx: &Cx, tags: &[Tag]) -> Owned {
    tags::owned(cx, tags.iter().map(|t| (t.key(), t.value())))
}

/// [DescribeFileSystems](https://docs.aws.amazon.com/efs/latest/ug/API_DescribeFileSystems.html)
pub(crate) async fn file_system(cx: &Cx, id: &str) -> Result<Owned> {
    let read = async || {
        let call = cx.cloud.efs.describe_file_systems().file_system_id(id);
        let seen = call.send().await.or_fail("read the owner of the file system")?;
        let there = seen.file_systems().iter().find(|f| f.life_cycle_state() != &LifeCycleState::Deleted);
        Ok(there.map_or(Owned::Absent, |f| of(cx, f.tags())))
    };
    once(cx, "file system", id, read).await
}

/// The mount target with this id, by the tags of its file system.
pub(crate) async fn mount_target(cx: &Cx, file_system: &str, id: &str) -> Result<Owned> {
    let there = cx.cloud.mount_targets(file_system).await?;
    match there.iter().any(|t| t.mount_target_id() == id) {
        true => self::file_system(cx, file_system).await,
        false => Ok(Owned::Absent),
    }
}

/// [DescribeAccessPoints](https://docs.aws.amazon.com/efs/latest/ug/API_DescribeAccessPoints.html)
pub(crate) async fn access_point(cx: &Cx, id: &str) -> Result<Owned> {
    let call = cx.cloud.efs.describe_access_points().access_point_id(id);
    let seen = call.send().await.or_fail("read the owner of the access point")?;
    let there = seen.access_points().iter().find(|p| p.life_cycle_state() != Some(&LifeCycleState::Deleted));
    Ok(there.map_or(Owned::Absent, |p| of(cx, p.tags())))
}
