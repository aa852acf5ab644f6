//! ElastiCache: replication groups and subnet groups. Clusters and automatic snapshots are deleted with their
//! replication group.
use crate::probe::{Mark, Probe, SweepCx, TAGGED, pairs, probe};
use vidpipe_engine::Result;

pub(crate) fn probes<'a>(cx: &'a SweepCx<'a>) -> Vec<Probe<'a>> {
    vec![probe("replication groups", groups(cx)), probe("cache subnet groups", subnet_groups(cx))]
}

async fn groups(cx: &SweepCx<'_>) -> Result<()> {
    for group in all!(cx, "list the replication groups", cx.aws.elasticache.describe_replication_groups())? {
        // A deleted group is still listed for a moment.
        if group.status() == Some("deleted") {
            continue;
        }
        let id = group.replication_group_id();
        if let Some(mark) = our_tags(cx, id, group.arn()).await? {
            cx.left_of(
                &mark,
                "replication-group",
                id,
                id,
                format!("{TAGGED}; it is {}", group.status().unwrap_or("there")),
            );
        }
    }
    Ok(())
}

async fn subnet_groups(cx: &SweepCx<'_>) -> Result<()> {
    for group in all!(cx, "list the cache subnet groups", cx.aws.elasticache.describe_cache_subnet_groups())? {
        let name = group.cache_subnet_group_name();
        if let Some(mark) = our_tags(cx, name, group.arn()).await? {
            cx.left_of(&mark, "cache-subnet-group", name, name, TAGGED);
        }
    }
    Ok(())
}

async fn our_tags(cx: &SweepCx<'_>, name: Option<&str>, arn: Option<&str>) -> Result<Option<Mark>> {
    let Some(arn) = arn.filter(|_| name.is_some_and(|name| cx.may_be(name))) else { return Ok(None) };
    let call = cx.aws.elasticache.list_tags_for_resource().resource_name(arn);
    let seen = cx.ask_one("read the tags of an ElastiCache group", async || call.clone().send().await).await?;
    Ok(seen.and_then(|seen| cx.ours(pairs(seen.tag_list(), |t| (t.key(), t.value())))))
}
