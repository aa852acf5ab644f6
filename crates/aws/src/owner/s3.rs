//! S3 tells the tags of one bucket at a time.
use super::once;
use crate::{Cx, OrFail, tags};
use vidpipe_engine::{Owned, Result};

/// [GetBucketTagging](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketTagging.html)
pub(crate) async fn bucket(cx: &Cx, name: &str) -> Result<Owned> {
    let look =
        async || match cx.cloud.s3.get_bucket_tagging().bucket(name).send().await.or_fail("look whose the bucket is") {
            Err(e) if e.code.as_deref() == Some("NoSuchTagSet") => Ok(Owned::Unmarked),
            Err(e) => Err(e),
            Ok(seen) => Ok(tags::owned(cx, seen.tag_set().iter().map(|t| (t.key(), t.value())))),
        };
    once(cx, "bucket", name, look).await
}
