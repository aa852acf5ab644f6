//! Application Auto Scaling: scalable targets of ECS services. A policy goes with its target.
use super::{
    Probe,
    look::{Look, TAGGED},
    probe,
};
use aws_sdk_applicationautoscaling::types::ServiceNamespace;
use vidpipe_engine::Result;

pub(super) fn probes<'a>(look: &'a Look<'a>) -> Vec<Probe<'a>> {
    vec![probe("scalable targets", targets(look))]
}

async fn targets(look: &Look<'_>) -> Result<()> {
    let call = look.aws.scaling.describe_scalable_targets().service_namespace(ServiceNamespace::Ecs);
    for target in all!(look, "list the scalable targets", call)? {
        let (id, Some(arn)) = (target.resource_id(), target.scalable_target_arn()) else { continue };
        if !look.may_be(id) {
            continue;
        }
        let call = look.aws.scaling.list_tags_for_resource().resource_arn(arn);
        let seen = look.ask_one("look at a scalable target's tags", async || call.clone().send().await).await?;
        let tags = seen.and_then(|seen| seen.tags).unwrap_or_default();
        if let Some(mark) = look.ours(tags.iter().map(|(k, v)| (k.as_str(), v.as_str()))) {
            look.left_of(&mark, "scalable-target", Some(id), Some(id), TAGGED);
        }
    }
    Ok(())
}
