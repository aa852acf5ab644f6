//! S3: buckets. Everything else of ours is in one. The list shows a deleted bucket for a while; its tags do not.
use super::{
    Probe,
    look::{Look, TAGGED},
    probe,
};
use vidpipe_engine::{Class, Result};

pub(super) fn probes<'a>(look: &'a Look<'a>) -> Vec<Probe<'a>> {
    vec![probe("buckets", buckets(look))]
}

async fn buckets(look: &Look<'_>) -> Result<()> {
    let (recorded, region) = (look.recorded("s3:bucket", "name"), look.aws.region.as_str());
    let call = look.aws.s3.list_buckets().bucket_region(region);
    let listed = all!(look, "list the buckets", call)?;
    let here = listed.iter().filter(|bucket| bucket.bucket_region().is_none_or(|r| r == region));
    for name in here.filter_map(|bucket| bucket.name()).filter(|name| look.may_be(name)) {
        let call = look.aws.s3.get_bucket_tagging().bucket(name);
        let seen = match look.ask_one("look at a bucket's tags", async || call.clone().send().await).await {
            // A bucket's own policy may keep others from reading its tags. It is none of ours then.
            Err(e) if e.class == Class::Denied && !recorded.contains(name) => continue,
            other => other?,
        };
        if let Some(mark) = seen.and_then(|seen| look.ours(seen.tag_set().iter().map(|t| (t.key(), t.value())))) {
            look.left_of(&mark, "bucket", Some(name), Some(name), TAGGED);
        }
    }
    Ok(())
}
