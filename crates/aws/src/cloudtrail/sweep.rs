//! CloudTrail: trails. A multi-region trail is listed in every region, and is read in its home region.
use crate::probe::{Probe, SweepCx, TAGGED, complete, probe};
use vidpipe_engine::Result;

pub(crate) fn probes<'a>(cx: &'a SweepCx<'a>) -> Vec<Probe<'a>> {
    vec![probe("trails", trails(cx))]
}

async fn trails(cx: &SweepCx<'_>) -> Result<()> {
    let listed = all!(cx, "list the trails", cx.aws.cloudtrail.list_trails())?;
    let here = listed.iter().filter(|trail| trail.home_region() == Some(&cx.aws.region));
    for (name, arn) in here.filter_map(|t| t.name().zip(t.trail_arn())).filter(|(name, _)| cx.may_be(name)) {
        let call = cx.aws.cloudtrail.list_tags().resource_id_list(arn);
        let Some(seen) = cx.ask_one("read a trail's tags", async || call.clone().send().await).await? else {
            continue;
        };
        let resources = complete(seen.resource_tag_list, "read a trail's tags")?;
        let tags = resources.iter().flat_map(|r| r.tags_list()).filter_map(|t| Some((t.key(), t.value()?)));
        if let Some(mark) = cx.ours(tags) {
            cx.left_of(&mark, "trail", Some(name), Some(name), TAGGED);
        }
    }
    Ok(())
}
