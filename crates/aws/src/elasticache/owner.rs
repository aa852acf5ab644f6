//! ElastiCache lists the tags of a resource by ARN.
use crate::{Cx, OrFail, owner::once, tags};
use vidpipe_engine::{Owned, Result};

/// [ListTagsForResource](https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ListTagsForResource.html)
pub(crate) async fn tagged(cx: &Cx, arn: &str) -> Result<Owned> {
    let read = async || {
        let call = cx.cloud.elasticache.list_tags_for_resource().resource_name(arn);
        let seen = call.send().await.or_fail("read the owner of the cache")?;
        Ok(tags::owned(cx, seen.tag_list().iter().filter_map(|t| t.key().zip(t.value()))))
    };
    once(cx, "ElastiCache", arn, read).await
}
