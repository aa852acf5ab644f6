//! SQS and SNS list the tags of one queue or topic per call.
use super::once;
use crate::{Cx, OrFail, tags};
use vidpipe_engine::{Owned, Result};

/// [ListQueueTags](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListQueueTags.html)
pub(crate) async fn queue(cx: &Cx, url: &str) -> Result<Owned> {
    let read = async || {
        let seen = cx.cloud.sqs.list_queue_tags().queue_url(url).send().await.or_fail("read the owner of the queue")?;
        let tags = seen.tags.unwrap_or_default();
        Ok(tags::owned(cx, tags.iter().map(|(k, v)| (k.as_str(), v.as_str()))))
    };
    once(cx, "queue", url, read).await
}

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
