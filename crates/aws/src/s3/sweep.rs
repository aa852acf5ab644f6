//! S3: buckets. All other S3 resources of ours are inside a bucket. A deleted bucket is listed for a while, but has
//! no tags.
use crate::probe::{Probe, SweepCx, TAGGED, probe};
use vidpipe_engine::{Class, Result};

pub(crate) fn probes<'a>(cx: &'a SweepCx<'a>) -> Vec<Probe<'a>> {
    vec![probe("buckets", buckets(cx))]
}

async fn buckets(cx: &SweepCx<'_>) -> Result<()> {
    let (recorded, region) = (cx.recorded("s3:bucket", "name"), cx.aws.region.as_str());
    let call = cx.aws.s3.list_buckets().bucket_region(region);
    let listed = all!(cx, "list the buckets", call)?;
    let here = listed.iter().filter(|bucket| bucket.bucket_region().is_none_or(|r| r == region));
    for name in here.filter_map(|bucket| bucket.name()).filter(|name| cx.may_be(name)) {
        let call = cx.aws.s3.get_bucket_tagging().bucket(name);
        let seen = match cx.ask_one("read a bucket's tags", async || call.clone().send().await).await {
            // A bucket's own policy may deny reading its tags. Such a bucket is not ours.
            Err(e) if e.class == Class::Denied && !recorded.contains(name) => continue,
            other => other?,
        };
        if let Some(mark) = seen.and_then(|seen| cx.ours(seen.tag_set().iter().map(|t| (t.key(), t.value())))) {
            cx.left_of(&mark, "bucket", Some(name), Some(name), TAGGED);
        }
    }
    Ok(())
}
