//! Application Auto Scaling: scalable targets of ECS services. A policy is deleted with its target.
use crate::probe::{Probe, SweepCx, TAGGED, probe};
use aws_sdk_applicationautoscaling::types::ServiceNamespace;
use vidpipe_engine::Result;

pub(crate) fn probes<'a>(cx: &'a SweepCx<'a>) -> Vec<Probe<'a>> {
    vec![probe("scalable targets", targets(cx))]
}

async fn targets(cx: &SweepCx<'_>) -> Result<()> {
    let call = cx.aws.scaling.describe_scalable_targets().service_namespace(ServiceNamespace::Ecs);
    for target in all!(cx, "list the scalable targets", call)? {
        let (id, Some(arn)) = (target.resource_id(), target.scalable_target_arn()) else { continue };
        if !cx.may_be(id) {
            continue;
        }
        let call = cx.aws.scaling.list_tags_for_resource().resource_arn(arn);
        let seen = cx.ask_one("read a scalable target's tags", async || call.clone().send().await).await?;
        let tags = seen.and_then(|seen| seen.tags).unwrap_or_default();
        if let Some(mark) = cx.ours(tags.iter().map(|(k, v)| (k.as_str(), v.as_str()))) {
            cx.left_of(&mark, "scalable-target", Some(id), Some(id), TAGGED);
        }
    }
    Ok(())
}
