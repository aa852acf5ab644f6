//! CloudTrail: trails. One of all regions is listed in each of them, and is asked for where it is at home.
use super::{
    Probe,
    look::{Look, TAGGED, told},
    probe,
};
use vidpipe_engine::Result;

pub(super) fn probes<'a>(look: &'a Look<'a>) -> Vec<Probe<'a>> {
    vec![probe("trails", trails(look))]
}

async fn trails(look: &Look<'_>) -> Result<()> {
    let listed = all!(look, "list the trails", look.aws.cloudtrail.list_trails())?;
    let here = listed.iter().filter(|trail| trail.home_region() == Some(&look.aws.region));
    for (name, arn) in here.filter_map(|t| t.name().zip(t.trail_arn())).filter(|(name, _)| look.may_be(name)) {
        let call = look.aws.cloudtrail.list_tags().resource_id_list(arn);
        let Some(seen) = look.ask_one("look at a trail's tags", async || call.clone().send().await).await? else {
            continue;
        };
        let resources = told(seen.resource_tag_list, "look at a trail's tags")?;
        let tags = resources.iter().flat_map(|r| r.tags_list()).filter_map(|t| Some((t.key(), t.value()?)));
        if let Some(mark) = look.ours(tags) {
            look.left_of(&mark, "trail", Some(name), Some(name), TAGGED);
        }
    }
    Ok(())
}
