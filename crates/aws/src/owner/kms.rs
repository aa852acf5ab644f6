//! KMS tells the tags of one key at a time; an alias has none.
use super::once;
use crate::{Cx, OrFail, tags};
use vidpipe_engine::{Owned, Result};

/// [ListResourceTags](https://docs.aws.amazon.com/kms/latest/APIReference/API_ListResourceTags.html): a key has 50 tags at most,
/// which is what one answer holds.
pub(crate) async fn key(cx: &Cx, id: &str) -> Result<Owned> {
    let look = async || {
        let seen = cx.cloud.kms.list_resource_tags().key_id(id).send().await.or_fail("look whose the KMS key is")?;
        Ok(tags::owned(cx, seen.tags().iter().map(|t| (t.tag_key(), t.tag_value()))))
    };
    once(cx, "KMS key", id, look).await
}

/// The alias of that name, by the key to which it leads:
/// [DescribeKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html)
pub(crate) async fn alias(cx: &Cx, name: &str) -> Result<Owned> {
    let seen = cx.cloud.kms.describe_key().key_id(name).send().await.or_fail("look where the KMS alias leads")?;
    match seen.key_metadata {
        Some(key) => self::key(cx, &key.key_id).await,
        None => Ok(Owned::Absent),
    }
}
