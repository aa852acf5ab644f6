//! SQS lists the tags of one queue per call.
use crate::{Cx, OrFail, owner::once, tags};
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
