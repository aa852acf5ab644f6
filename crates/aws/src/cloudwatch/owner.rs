//! CloudWatch lists tags by ARN.
use crate::{Cx, OrFail, tags};
use vidpipe_engine::{Owned, Result};

/// [ListTagsForResource](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListTagsForResource.html)
pub(crate) async fn alarm(cx: &Cx, name: &str) -> Result<Owned> {
    let Some(arn) = cx.cloud.alarm(name).await?.and_then(|alarm| alarm.alarm_arn) else { return Ok(Owned::Absent) };
    let call = cx.cloud.cloudwatch.list_tags_for_resource().resource_arn(arn);
    let seen = call.send().await.or_fail("read the owner of the alarm")?;
    Ok(tags::owned(cx, seen.tags().iter().filter_map(|t| t.key().zip(t.value()))))
}
