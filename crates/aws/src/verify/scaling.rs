//! Application Auto Scaling: the services grow and shrink between the wanted limits.
use super::look::Look;
use crate::kinds::scaling::{ScalableTarget, ScalingPolicy, StepPolicy};
use aws_sdk_applicationautoscaling::types::{ScalableDimension, ServiceNamespace};
use vidpipe_engine::{Result, verify::Section::Availability};

pub(super) async fn scalable_target(look: &Look<'_>, want: ScalableTarget) -> Result<()> {
    let call = look.aws.scaling.describe_scalable_targets().service_namespace(ServiceNamespace::Ecs);
    let call = call.resource_ids(&want.resource_id).scalable_dimension(ScalableDimension::EcsServiceDesiredCount);
    let seen = ask!(look, "DescribeScalableTargets", call)?;
    let target = look.there(seen.scalable_targets().first())?;
    look.is(Availability, "it never has fewer tasks than wanted", "MinCapacity", target.min_capacity(), want.min);
    look.is(Availability, "it never has more tasks than wanted", "MaxCapacity", target.max_capacity(), want.max);
    let stopped = target.suspended_state().is_some_and(|s| {
        s.dynamic_scaling_in_suspended() == Some(true) || s.dynamic_scaling_out_suspended() == Some(true)
    });
    look.is(Availability, "scaling is not suspended", "SuspendedState", stopped, false);
    let arn = target.scalable_target_arn().unwrap_or_default();
    let seen = ask!(look, "ListTagsForResource", look.aws.scaling.list_tags_for_resource().resource_arn(arn))?;
    look.tags(&want.name, seen.tags().into_iter().flatten().map(|(k, v)| (k.as_str(), v.as_str())));
    Ok(())
}

pub(super) async fn scaling_policy(look: &Look<'_>, _: ScalingPolicy) -> Result<()> {
    look.settled(Availability, "it scales as wanted", "DescribeScalingPolicies").await
}

pub(super) async fn step_policy(look: &Look<'_>, _: StepPolicy) -> Result<()> {
    look.settled(Availability, "its steps are as wanted", "DescribeScalingPolicies").await
}
