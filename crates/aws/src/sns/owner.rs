//! SNS lists the tags of one topic per call.
use crate::{Cx, OrFail, owner::once, tags};
use vidpipe_engine::{Owned, Result};

/// [ListTagsForResource](https://docs.aws.amazon.com/sns/latest/api/API_ListTagsForResource.html)
pub(crate) async fn topic(cx: &Cx, arn: &str) -> Result<Owned> {
    let read = async || {
        let call = cx.cloud.sns.list_tags_for_resource().resource_arn(arn);
        let seen = call.send().await.or_fail("read the owner of the topic")?;
        Ok(tags::owned(cx, seen.tags().iter().map(|t| (t.key(), t.value()))))
    };
    once(cx, "topic", arn, read).await
}

/// The subscription with this ARN, by the tags of its topic, whose ARN is the prefix.
pub(crate) async fn subscription(cx: &Cx, topic: &str, arn: &str) -> Result<Owned> {
    let is_of = arn.strip_prefix(topic).is_some_and(|rest| rest.starts_with(':'));
    if is_of { self::topic(cx, topic).await } else { Ok(Owned::Unmarked) }
}
