//! Shared by the SQS kinds: the attributes of a queue. Changes nothing.
use crate::{Cx, OrFail};
use aws_sdk_sqs::types::QueueAttributeName as Name;
use std::collections::HashMap;
use vidpipe_engine::Result;

/// The queue's attributes: [GetQueueAttributes](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html).
pub(crate) async fn read(cx: &Cx, url: &str) -> Result<HashMap<Name, String>> {
    let call = cx.cloud.sqs.get_queue_attributes().queue_url(url).attribute_names(Name::All);
    let seen = call.send().await.or_fail("read the queue")?;
    Ok(seen.attributes.unwrap_or_default())
}
