//! A bucket where none can be made with tags: they are put on it afterwards.
//!
//! Regions of some partitions answer CreateBucket with tags by `UnsupportedArgument` (`hashicorp/terraform-provider-aws#45566`,
//! `#45684`). Between the two calls our power may go: an empty bucket of our name and without any tags is taken for ours
//! there.
use super::{WITHOUT_CONSTRAINT, place};
use crate::{Cx, OrFail};
use aws_sdk_s3::types::{Tag, Tagging};
use vidpipe_engine::{Class, Error, Result};

/// What S3 answers where a bucket cannot be made with tags.
pub(super) const UNSUPPORTED: &str = "UnsupportedArgument";

/// Whether a bucket of our name with these tags may be one that we made and did not come to tag: it has none, and nothing
/// is in it. CreateBucket then tells whether tags are taken here; in the oldest region, where they are, it tells nothing.
/// [ListObjectVersions](https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html)
pub(super) async fn may_be_ours(cx: &Cx, name: &str, tags: &[Tag]) -> Result<bool> {
    if !tags.is_empty() || cx.cloud.region == WITHOUT_CONSTRAINT {
        return Ok(false);
    }
    let call = cx.cloud.s3.list_object_versions().bucket(name).max_keys(1);
    let seen = call.send().await.or_fail("look into the bucket without tags")?;
    Ok(seen.versions().is_empty() && seen.delete_markers().is_empty())
}

/// Make the bucket, or find it made by us before, and then tag it.
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
