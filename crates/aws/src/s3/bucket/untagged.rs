//! Creates a bucket in regions that reject tags in CreateBucket: the tags are added afterwards.
//!
//! Regions of some partitions answer CreateBucket with tags by `UnsupportedArgument`
//! (`hashicorp/terraform-provider-aws#45566`, `#45684`). The process may be interrupted between the two calls, so in
//! these regions an empty, untagged bucket of the desired name counts as this environment's.
use super::{WITHOUT_CONSTRAINT, place};
use crate::{Cx, OrFail};
use aws_sdk_s3::types::{Tag, Tagging};
use vidpipe_engine::{Class, Error, Result};

/// The error code S3 returns where a bucket cannot be created with tags.
pub(super) const UNSUPPORTED: &str = "UnsupportedArgument";

/// Whether a bucket of the desired name with these tags may have been created here and not tagged yet: it has no tags
/// and is empty. CreateBucket then shows whether the region accepts tags. In us-east-1, which accepts them, it would
/// show nothing. [ListObjectVersions](https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html)
pub(super) async fn may_be_ours(cx: &Cx, name: &str, tags: &[Tag]) -> Result<bool> {
    if !tags.is_empty() || cx.cloud.region == WITHOUT_CONSTRAINT {
        return Ok(false);
    }
    let call = cx.cloud.s3.list_object_versions().bucket(name).max_keys(1);
    let seen = call.send().await.or_fail("read the bucket without tags")?;
    Ok(seen.versions().is_empty() && seen.delete_markers().is_empty())
}

/// Creates the bucket, or accepts one created by an earlier call, and then tags it.
/// [PutBucketTagging](https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html)
pub(super) async fn create(cx: &Cx, name: &str, tags: Vec<Tag>) -> Result<()> {
    let place = Some(place(cx).build()).filter(|place| place.location_constraint().is_some());
    let call = cx.cloud.s3.create_bucket().bucket(name).set_create_bucket_configuration(place);
    match call.send().await.or_fail("create the bucket without tags") {
        Err(e) if e.code.as_deref() != Some("BucketAlreadyOwnedByYou") => return Err(e),
        _ => {}
    }
    let tags = Tagging::builder().set_tag_set(Some(tags)).build();
    let tags = tags.map_err(|e| Error::new(Class::Invalid, format!("write the tags of {name}")).caused_by(e))?;
    cx.cloud.s3.put_bucket_tagging().bucket(name).tagging(tags).send().await.or_fail("tag the bucket").map(drop)
}
