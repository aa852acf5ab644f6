//! Application Auto Scaling lists the tags of scalable targets by ARN.
use crate::{Cx, OrFail, scaling, tags};
use crate::{ecs, owner::once};
use vidpipe_engine::{Owned, Result};

/// The scalable target of this service, `service/<cluster>/<service>`:
/// [ListTagsForResource](https://docs.aws.amazon.com/autoscaling/application/APIReference/API_ListTagsForResource.html)
pub(crate) async fn target(cx: &Cx, resource_id: &str) -> Result<Owned> {
    let read = async || {
        let Some(found) = scaling::target(cx, resource_id).await? else { return Ok(Owned::Absent) };
        let Some(arn) = found.scalable_target_arn() else { return of_service(cx, resource_id).await };
        let call = cx.cloud.scaling.list_tags_for_resource().resource_arn(arn);
        let tags = call.send().await.or_fail("read the owner of the scalable target")?.tags.unwrap_or_default();
        Ok(tags::owned(cx, tags.iter().map(|(k, v)| (k.as_str(), v.as_str()))))
    };
    once(cx, "scalable target", resource_id, read).await
}

/// Scalable targets registered before they could have tags have no ARN either. Their owner is that of their service.
async fn of_service(cx: &Cx, resource_id: &str) -> Result<Owned> {
    match resource_id.split('/').collect::<Vec<_>>().as_slice() {
        [_, cluster, service] => ecs::owner::service(cx, cluster, service).await,
        _ => Ok(Owned::Unmarked),
    }
}
