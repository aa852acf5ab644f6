//! Shared by the SNS kinds: the attributes of a topic, and the ARN of a topic's name. Changes nothing.
use crate::{Cx, OrFail, partition};
use std::collections::HashMap;
use vidpipe_engine::Result;

/// The topic's attributes: [GetTopicAttributes](https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html).
pub(crate) async fn read(cx: &Cx, arn: &str) -> Result<HashMap<String, String>> {
    let seen = cx.cloud.sns.get_topic_attributes().topic_arn(arn).send().await.or_fail("read the topic")?;
    Ok(seen.attributes.unwrap_or_default())
}

/// The ARN of the topic with this name: SNS reads topics by ARN only, and derives it from the name.
pub(crate) fn arn(cx: &Cx, name: &str) -> String {
    let (region, account) = (&cx.env.region, &cx.env.account);
    format!("arn:{}:sns:{region}:{account}:{name}", partition::of(region))
}
