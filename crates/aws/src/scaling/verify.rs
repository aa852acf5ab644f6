//! Application Auto Scaling: the services scale between the desired limits.
use crate::{
    check::CheckCx,
    scaling::{ScalableTarget, ScalingPolicy, StepPolicy},
};
use aws_sdk_applicationautoscaling::types::{ScalableDimension, ServiceNamespace};
use vidpipe_engine::{Result, verify::Section::Availability};

pub(crate) async fn scalable_target(check: &CheckCx<'_>, want: ScalableTarget) -> Result<()> {
    let call = check.aws.scaling.describe_scalable_targets().service_namespace(ServiceNamespace::Ecs);
    let call = call.resource_ids(&want.resource_id).scalable_dimension(ScalableDimension::EcsServiceDesiredCount);
    let seen = ask!(check, "DescribeScalableTargets", call)?;
    let target = check.there(seen.scalable_targets().first())?;
    check.is(Availability, "it never has fewer tasks than wanted", "MinCapacity", target.min_capacity(), want.min);
    check.is(Availability, "it never has more tasks than wanted", "MaxCapacity", target.max_capacity(), want.max);
    let stopped = target.suspended_state().is_some_and(|s| {
        s.dynamic_scaling_in_suspended() == Some(true) || s.dynamic_scaling_out_suspended() == Some(true)
    });
    check.is(Availability, "scaling is not suspended", "SuspendedState", stopped, false);
    let arn = target.scalable_target_arn().unwrap_or_default();
    let seen = ask!(check, "ListTagsForResource", check.aws.scaling.list_tags_for_resource().resource_arn(arn))?;
    check.tags(&want.name, seen.tags().into_iter().flatten().map(|(k, v)| (k.as_str(), v.as_str())));
    Ok(())
}

pub(crate) async fn scaling_policy(check: &CheckCx<'_>, _: ScalingPolicy) -> Result<()> {
    check.settled(Availability, "it scales as specified", "DescribeScalingPolicies").await
}

pub(crate) async fn step_policy(check: &CheckCx<'_>, _: StepPolicy) -> Result<()> {
    check.settled(Availability, "its steps are as specified", "DescribeScalingPolicies").await
}
