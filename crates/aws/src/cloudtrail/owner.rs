//! CloudTrail lists tags by ARN.
use crate::{Cx, OrFail, owner::once, tags};
use vidpipe_engine::{Class, Owned, Result};

/// The trail with this name:
/// [GetTrail](https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrail.html)
pub(crate) async fn trail(cx: &Cx, name: &str) -> Result<Owned> {
    match cx.cloud.cloudtrail.get_trail().name(name).send().await.or_fail("read the trail") {
        Err(e) if e.class == Class::NotFound => Ok(Owned::Absent),
        Err(e) => Err(e),
        Ok(seen) => match seen.trail.and_then(|trail| trail.trail_arn) {
            Some(arn) => trail_of(cx, &arn).await,
            None => Ok(Owned::Absent),
        },
    }
}

/// The trail with this ARN:
/// [ListTags](https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListTags.html)
pub(crate) async fn trail_of(cx: &Cx, arn: &str) -> Result<Owned> {
    let read = async || {
        let seen = cx
            .cloud
            .cloudtrail
            .list_tags()
            .resource_id_list(arn)
            .send()
            .await
            .or_fail("read the owner of the trail")?;
        let tags = seen.resource_tag_list().iter().flat_map(|resource| resource.tags_list());
        Ok(tags::owned(cx, tags.filter_map(|t| Some((t.key(), t.value()?)))))
    };
    once(cx, "trail", arn, read).await
}
