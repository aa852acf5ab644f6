//! EFS: file systems and access points. A mount target blocks the deletion of its file system, so it is never left
//! alone.
use crate::probe::{Probe, SweepCx, TAGGED, probe};
use aws_sdk_efs::types::{LifeCycleState, Tag};
use vidpipe_engine::Result;

pub(crate) fn probes<'a>(cx: &'a SweepCx<'a>) -> Vec<Probe<'a>> {
    vec![probe("file systems", file_systems(cx)), probe("access points", access_points(cx))]
}

fn pairs(tags: &[Tag]) -> impl Iterator<Item = (&str, &str)> {
    tags.iter().map(|t| (t.key(), t.value()))
}

async fn file_systems(cx: &SweepCx<'_>) -> Result<()> {
    for seen in all!(cx, "list the file systems", cx.aws.efs.describe_file_systems())? {
        let state = seen.life_cycle_state();
        if *state != LifeCycleState::Deleted
            && let Some(mark) = cx.ours(pairs(seen.tags()))
        {
            let why = format!("{TAGGED}; it is {}", state.as_str());
            cx.left_of(&mark, "file-system", Some(seen.file_system_id()), seen.name(), why);
        }
    }
    Ok(())
}

async fn access_points(cx: &SweepCx<'_>) -> Result<()> {
    for seen in all!(cx, "list the access points", cx.aws.efs.describe_access_points())? {
        if seen.life_cycle_state() != Some(&LifeCycleState::Deleted)
            && let Some(mark) = cx.ours(pairs(seen.tags()))
        {
            cx.left_of(&mark, "access-point", seen.access_point_id(), seen.name(), TAGGED);
        }
    }
    Ok(())
}
