//! KMS lists the tags of one key per call. Aliases have no tags.
use crate::{Cx, OrFail, owner::once, tags};
use vidpipe_engine::{Owned, Result};

/// [ListResourceTags](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListResourceTags.html): a key has 50
/// tags at most, which fit in one answer.
pub(crate) async fn key(cx: &Cx, id: &str) -> Result<Owned> {
    let read = async || {
        let seen =
            cx.cloud.kms.list_resource_tags().key_id(id).send().await.or_fail("read the owner of the KMS key")?;
        Ok(tags::owned(cx, seen.tags().iter().map(|t| (t.tag_key(), t.tag_value()))))
    };
    once(cx, "KMS key", id, read).await
}

/// The alias with this name, by the tags of its target key:
/// [DescribeKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html)
pub(crate) async fn alias(cx: &Cx, name: &str) -> Result<Owned> {
    let seen = cx.cloud.kms.describe_key().key_id(name).send().await.or_fail("read the KMS alias")?;
    match seen.key_metadata {
        Some(key) => self::key(cx, &key.key_id).await,
        None => Ok(Owned::Absent),
    }
}
