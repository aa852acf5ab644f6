//! S3 returns the tags of one bucket per call.
use crate::{Cx, OrFail, owner::once, tags};
use vidpipe_engine::{Owned, Result};

/// [GetBucketTagging](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketTagging.html)
pub(crate) async fn bucket(cx: &Cx, name: &str) -> Result<Owned> {
    let read = async || match cx
        .cloud
        .s3
        .get_bucket_tagging()
        .bucket(name)
        .send()
        .await
        .or_fail("read the owner of the bucket")
    {
        Err(e) if e.code.as_deref() == Some("NoSuchTagSet") => Ok(Owned::Unmarked),
        Err(e) => Err(e),
        Ok(seen) => Ok(tags::owned(cx, seen.tag_set().iter().map(|t| (t.key(), t.value())))),
    };
    once(cx, "bucket", name, read).await
}
