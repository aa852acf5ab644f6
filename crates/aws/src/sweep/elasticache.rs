//! ElastiCache: replication groups and subnet groups. Clusters and automatic snapshots go with their replication group.
use super::{
    Probe,
    look::{Look, TAGGED, pairs},
    probe,
};
use vidpipe_engine::Result;

pub(super) fn probes<'a>(look: &'a Look<'a>) -> Vec<Probe<'a>> {
    vec![probe("replication groups", groups(look)), probe("cache subnet groups", subnet_groups(look))]
}

async fn groups(look: &Look<'_>) -> Result<()> {
    for group in all!(look, "list the replication groups", look.aws.elasticache.describe_replication_groups())? {
        // What is gone shows so for a moment.
        if group.status() == Some("deleted") {
            continue;
        }
        let id = group.replication_group_id();
        if has_our_tags(look, id, group.arn()).await? {
            look.left("replication-group", id, id, format!("{TAGGED}; it is {}", group.status().unwrap_or("there")));
        }
    }
    Ok(())
}

async fn subnet_groups(look: &Look<'_>) -> Result<()> {
    for group in all!(look, "list the cache subnet groups", look.aws.elasticache.describe_cache_subnet_groups())? {
        let name = group.cache_subnet_group_name();
        if has_our_tags(look, name, group.arn()).await? {
            look.left("cache-subnet-group", name, name, TAGGED);
        }
    }
    Ok(())
}

async fn has_our_tags(look: &Look<'_>, name: Option<&str>, arn: Option<&str>) -> Result<bool> {
    let Some(arn) = arn.filter(|_| name.is_some_and(|name| look.may_be(name))) else { return Ok(false) };
    let call = look.aws.elasticache.list_tags_for_resource().resource_name(arn);
    let seen = look.ask_one("look at the tags of an ElastiCache group", async || call.clone().send().await).await?;
    Ok(seen.is_some_and(|seen| look.is_ours(pairs(seen.tag_list(), |t| (t.key(), t.value())))))
}
