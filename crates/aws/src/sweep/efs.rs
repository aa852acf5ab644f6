//! EFS: file systems and access points. A mount target keeps its file system from going, so it is never left alone.
use super::{
    Probe,
    look::{Look, TAGGED},
    probe,
};
use aws_sdk_efs::types::{LifeCycleState, Tag};
use vidpipe_engine::Result;

pub(super) fn probes<'a>(look: &'a Look<'a>) -> Vec<Probe<'a>> {
    vec![probe("file systems", file_systems(look)), probe("access points", access_points(look))]
}

fn pairs(tags: &[Tag]) -> impl Iterator<Item = (&str, &str)> {
    tags.iter().map(|t| (t.key(), t.value()))
}

async fn file_systems(look: &Look<'_>) -> Result<()> {
    for seen in all!(look, "list the file systems", look.aws.efs.describe_file_systems())? {
        let state = seen.life_cycle_state();
        if *state != LifeCycleState::Deleted
            && let Some(mark) = look.ours(pairs(seen.tags()))
        {
            let why = format!("{TAGGED}; it is {}", state.as_str());
            look.left_of(&mark, "file-system", Some(seen.file_system_id()), seen.name(), why);
        }
    }
    Ok(())
}

async fn access_points(look: &Look<'_>) -> Result<()> {
    for seen in all!(look, "list the access points", look.aws.efs.describe_access_points())? {
        if seen.life_cycle_state() != Some(&LifeCycleState::Deleted)
            && let Some(mark) = look.ours(pairs(seen.tags()))
        {
            look.left_of(&mark, "access-point", seen.access_point_id(), seen.name(), TAGGED);
        }
    }
    Ok(())
}
